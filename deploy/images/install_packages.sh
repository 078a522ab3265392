#!/bin/sh
# Installs into /opt/sage what one image needs: an extra of pyproject.toml, or the object store,
# `nanio`. Leaves a bill of materials beside it.
set -eu
wanted=$1
PATH="/opt/tools/bin:$PATH"
python3 -m venv --without-pip /opt/sage

# The lock pins everything; the extra says how much of it is needed.
if [ "$wanted" = nanio ]; then
  echo nanio > wanted.in
  set -- wanted.in
else
  # What the `sage` command needs runs elsewhere.
  set -- pyproject.toml --extra "$wanted"
  for each in click rich pygments markdown-it-py mdurl; do
    set -- "$@" --no-emit-package "$each"
  done
fi
uv pip compile --quiet --generate-hashes --constraint requirements.lock -o image.lock "$@"
uv pip install --quiet --no-cache --python /opt/sage --no-deps --require-hashes -r image.lock

cd /opt/sage/lib/python3.*/site-packages
# Packages bring their own tests and tools, and boto3 describes some four hundred services.
rm -rf numpy/tests numpy/*/tests onnxruntime/transformers onnxruntime/quantization onnxruntime/tools
if [ -d botocore/data ]; then
  find botocore/data -mindepth 1 -maxdepth 1 -type d \
    ! -name s3 ! -name sts ! -name sso ! -name sso-oidc ! -name signin -exec rm -rf {} +
fi
python3 -m compileall -q --invalidation-mode unchecked-hash .

mkdir -p /opt/sage/share/sbom
cyclonedx-py environment --output-format JSON --output-reproducible \
  --output-file /opt/sage/share/sbom/packages.cdx.json /opt/sage
