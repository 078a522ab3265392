# The object store of compose.yaml: an S3 server over a directory.
FROM python:3.11-slim
COPY requirements.lock /tmp/
RUN python -m venv /opt/sage \
 && /opt/sage/bin/pip install --no-cache-dir --constraint /tmp/requirements.lock nanio \
 && mkdir -p /objects/media && chown -R 10001:10001 /objects
USER 10001:10001
VOLUME /objects
ENTRYPOINT ["/opt/sage/bin/nanio", "serve", "--data-dir", "/objects", "--host", "0.0.0.0", "--port", "9000"]
