# The embed service. Build from the root of the repository:
#   docker build -f deploy/docker/embed.Dockerfile -t sage-embed:0.1.0 .
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/sage && /opt/sage/bin/pip install --no-cache-dir uv
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY clients/python clients/python
COPY services services
COPY gateway gateway
# The lock pins everything; the extra says how much of it this image needs.
RUN /opt/sage/bin/uv pip compile --quiet --generate-hashes --extra embed --constraint requirements.lock pyproject.toml -o image.lock \
 && /opt/sage/bin/pip install --no-cache-dir --no-deps --require-hashes -r image.lock \
 && /opt/sage/bin/pip install --no-cache-dir --no-deps . \
 && /opt/sage/bin/pip uninstall -y uv

FROM python:3.11-slim
COPY --from=build /opt/sage /opt/sage
USER 10001:10001
WORKDIR /tmp
ENV PATH=/opt/sage/bin:$PATH PYTHONUNBUFFERED=1
ENTRYPOINT ["python", "-m", "services.embed"]
