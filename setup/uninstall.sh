#!/bin/sh
# Removes what the set-up fetched. Results (.codepmp folders) and the shared caches of npm and uv stay.
set -eu

case ${1-} in
  '') ;;
  -h | --help)
    echo "Usage: codepmp uninstall"
    echo
    echo "Removes what the set-up fetched: .setup (Node, Python packages, model weights) and node_modules."
    echo "Results in .codepmp folders stay. The next ./codepmp fetches everything again."
    exit 0
    ;;
  *)
    echo "codepmp uninstall: unexpected argument $1; it takes none (--help says what it does)" >&2
    exit 2
    ;;
esac

cd "$CODEPMP_HOME"
if ! [ -w . ]; then
  echo "codepmp: $(id -un) may not remove anything from $CODEPMP_HOME; its owner ($(ls -ld . | awk '{ print $3 }')) may" >&2
  exit 1
fi

# Process ids of this installation's programs: of commands, servers, workers and what they have started.
running() {
  if [ -d /proc/self ]; then
    for each in /proc/[0-9]*; do
      [ -z "$(tr '\0' ' ' <"$each/cmdline" | lines_of_ours)" ] || echo "${each#/proc/}"
    done
  else
    ps -axo pid=,command= | lines_of_ours | awk '{ print $1 }'
  fi
}

lines_of_ours() {
  awk 'BEGIN { home = ENVIRON["CODEPMP_HOME"] } index($0, home "/.setup/") || index($0, home "/cli/") || index($0, home "/worker/")'
}

left=$(running 2>/dev/null | tr '\n' ' ')
if [ -n "$left" ]; then
  echo "codepmp: programs of this installation are running: process ${left% }. Nothing was removed." >&2
  echo "End them first, by codepmp dev stop in the folder of each study (or with its CODEPMP_STORE); results stay." >&2
  exit 1
fi
for name in .setup node_modules; do
  [ -e "$name" ] || continue
  echo "removing $CODEPMP_HOME/$name ($(du -sh "$name" 2>/dev/null | cut -f 1))" >&2
  rm -rf "$name"
done
echo "Removed. Results in .codepmp folders and the shared caches of npm and uv (npm cache clean --force, uv cache clean) stay." >&2
