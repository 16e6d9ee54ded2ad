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

# The process id and the command line of every program, one a line.
programs() {
  if [ -d /proc/self ]; then
    for each in /proc/[0-9]*; do
      echo "${each#/proc/} $(tr '\0\n' '  ' <"$each/cmdline")"
    done
  else
    ps -axwwo pid=,command=
  fi
}

# Process ids of this installation's programs: what runs from .setup, and Node with a script of this folder. An editor with a file is none.
ours() {
  awk '
    BEGIN { home = ENVIRON["CODEPMP_HOME"] }
    { pid = $1; sub(/^ *[0-9]+ +/, ""); program = $1; sub(/.*\//, "", program) }
    index($0, home "/.setup/") == 1 { print pid; next }
    program == "node" && (index($0, " " home "/cli/") || index($0, " " home "/worker/") || index($0, " " home "/adapters/")) { print pid }
  '
}

left=$(programs 2>/dev/null | ours | tr '\n' ' ')
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
