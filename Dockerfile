# syntax=docker/dockerfile:1
# The analytics job. For AWS Batch on Graviton:
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
    && python /build/compile_engine.py

FROM base
RUN pip uninstall --yes --quiet pip \
    && rm -rf /usr/local/lib/python3.13/ensurepip \
    && useradd --uid 1000 --no-create-home --shell /usr/sbin/nologin job
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=1000:1000 /opt/numba /opt/numba
USER 1000:1000
WORKDIR /tmp
CMD ["python", "-m", "cocktailspace.analytics"]
