#!/bin/sh
# Installs what builds images, uv and the maker of bills of materials, as the lock pins them.
set -eu
python3 -m venv /opt/tools
# A requirement and its hashes: its line, and those that follow indented.
awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > uv.lock
/opt/tools/bin/pip install --quiet --no-cache-dir --no-deps --require-hashes -r uv.lock
echo cyclonedx-bom | /opt/tools/bin/uv pip compile --quiet --generate-hashes \
  --constraint requirements.lock - -o tools.lock
/opt/tools/bin/uv pip install --quiet --no-cache --python /opt/tools --no-deps --require-hashes -r tools.lock
