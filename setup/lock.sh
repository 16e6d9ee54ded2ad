#!/bin/sh
# Locks the packages of both languages for every supported version and platform: versions and hashes, no host names.
set -eu
cd "$(dirname "$0")/.."
.setup/uv/bin/uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
  --override setup/overrides.txt trainer/pyproject.toml --extra dev setup/requirements.in -o setup/requirements.txt
.setup/uv/bin/uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
  setup/uv.in -o setup/uv.txt

# What tests compare with or read our data with; of the packages in alone.in they call a function or two that needs nothing else.
reference=test/stats/third-party
.setup/uv/bin/uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
  --no-annotate "$reference/requirements.in" -o "$reference/requirements.txt"
.setup/uv/bin/uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
  --no-annotate --no-deps "$reference/alone.in" -o "$reference/alone.txt"

# In an empty folder: next to an installed tree npm keeps only the prebuilt packages of this platform.
fresh=$(mktemp -d)
cp package.json .npmrc "$fresh"
(cd "$fresh" && npm install --package-lock-only)
cp "$fresh/package-lock.json" package-lock.json
cp setup/node/package.json "$fresh" && rm "$fresh/package-lock.json"
(cd "$fresh" && npm install --package-lock-only)
cp "$fresh/package-lock.json" setup/node/package-lock.json
rm -r "$fresh"
.setup/bin/node setup/complete-lock.ts package-lock.json
.setup/bin/node setup/complete-lock.ts setup/node/package-lock.json
