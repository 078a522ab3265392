# The gateway: Envoy, the web page and the contract's descriptor. Its configuration is mounted.
# Build from the root of the repository:
#   docker build -f deploy/docker/gateway.Dockerfile -t sage-gateway:0.1.0 .
FROM node:22-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web ./
RUN npm run build

FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/sage && /opt/sage/bin/pip install --no-cache-dir uv
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY clients/python clients/python
COPY services services
COPY gateway gateway
RUN /opt/sage/bin/uv pip compile --quiet --generate-hashes --extra gateway --constraint requirements.lock pyproject.toml -o image.lock \
 && /opt/sage/bin/pip install --no-cache-dir --no-deps --require-hashes -r image.lock \
 && /opt/sage/bin/pip install --no-cache-dir --no-deps . \
 && /opt/sage/bin/pip uninstall -y uv

FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/sage /opt/sage
COPY --from=web /src/web/dist /srv/sage/web
COPY gateway/descriptor/sage.binpb /srv/sage/sage.binpb
USER 10001:10001
WORKDIR /tmp
ENV PATH=/opt/sage/bin:$PATH PYTHONUNBUFFERED=1
ENTRYPOINT ["python", "-m", "gateway"]
