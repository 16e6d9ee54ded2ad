#!/bin/sh
# Locks the Python packages for every supported version and platform: versions and hashes, no host names.
set -eu
cd "$(dirname "$0")/.."
.setup/uv/bin/uv pip compile --universal --python-version 3.10 --generate-hashes --no-header --no-emit-index-url \
  --override setup/overrides.txt trainer/pyproject.toml --extra dev setup/requirements.in -o setup/requirements.txt
