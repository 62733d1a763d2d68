# syntax=docker/dockerfile:1
# Two images that share all but their last steps: `serve` is the whole service for one machine, `job`
# the analytics job alone, for AWS Batch on Graviton.
#   docker buildx build --target serve --tag cocktailspace .
#   docker buildx build --platform linux/arm64 --tag REPOSITORY:TAG --push .

FROM python:3.13-slim-trixie AS base
# What numba compiles is kept in the image, and found there by the name of the processor that it was
# compiled for. The name is set, for building and for running alike, or else the machine would be
# asked and the code be compiled anew on any other. "generic" runs on every machine and is as fast
# within 5 %. Where the image may only be read, the job takes a copy of the folder.
ENV NUMBA_CPU_NAME=generic \
    NUMBA_CACHE_DIR=/opt/numba \
    PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1

FROM base AS build
COPY requirements/job.txt /build/
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --no-cache-dir --only-binary=:all: \
        --require-hashes --requirement /build/job.txt
COPY src/cocktailspace /opt/venv/lib/python3.13/site-packages/cocktailspace
COPY scripts/compile_engine.py /build/
RUN python -m compileall -q /opt/venv/lib/python3.13/site-packages/cocktailspace \
    && python /build/compile_engine.py \
    && printf '%s\n' '#!/opt/venv/bin/python' 'from cocktailspace.cli import main' 'main()' \
        > /opt/venv/bin/cocktailspace \
    && chmod 755 /opt/venv/bin/cocktailspace

FROM base AS installed
RUN pip uninstall --yes --quiet pip \
    && rm -rf /usr/local/lib/python3.13/ensurepip \
    && useradd --uid 1000 --no-create-home --shell /usr/sbin/nologin cocktailspace \
    && install --directory --owner=1000 --group=1000 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=1000:1000 /opt/numba /opt/numba
COPY deploy/certificates /opt/certificates
USER 1000:1000

FROM installed AS serve
# Catalogue, artifacts and tokens lie below data/ by default: here that is the volume.
WORKDIR /
ENV HOST=0.0.0.0
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz')"]
CMD ["cocktailspace", "serve"]

FROM installed AS job
WORKDIR /tmp
CMD ["python", "-m", "cocktailspace.analytics"]
