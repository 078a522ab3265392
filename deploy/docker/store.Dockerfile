# The object store of compose.yaml: an S3 server over a directory.
FROM python:3.11-slim
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/sage && /opt/sage/bin/pip install --no-cache-dir uv \
 && echo nanio | /opt/sage/bin/uv pip compile --quiet --generate-hashes --constraint requirements.lock - -o image.lock \
 && /opt/sage/bin/pip install --no-cache-dir --no-deps --require-hashes -r image.lock \
 && /opt/sage/bin/pip uninstall -y uv \
 && mkdir -p /objects/media && chown -R 10001:10001 /objects
USER 10001:10001
VOLUME /objects
ENTRYPOINT ["/opt/sage/bin/nanio", "serve", "--data-dir", "/objects", "--host", "0.0.0.0", "--port", "9000"]
