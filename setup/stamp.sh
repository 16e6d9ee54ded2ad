# Sourced: tells whether what is installed is what the lock files ask for. Needs CODEPMP_HOME.

# What the whole set-up depends on: the lock files, the scripts, the place, and the Node that was chosen.
stamp_of_all() {
  (
    cd "$CODEPMP_HOME"
    echo "$CODEPMP_HOME"
    cksum package-lock.json setup/requirements.txt setup/uv.txt setup/node/package-lock.json setup/setup.sh setup/stamp.sh setup/check-packages.ts
    wc -c <.setup/bin/node
  ) 2>/dev/null
}

is_set_up() {
  [ -x "$CODEPMP_HOME/.setup/python/bin/python" ] && [ -f "$CODEPMP_HOME/node_modules/.package-lock.json" ] &&
    [ -f "$CODEPMP_HOME/.setup/stamp" ] && [ "$(cat "$CODEPMP_HOME/.setup/stamp")" = "$(stamp_of_all)" ]
}
