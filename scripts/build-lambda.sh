#!/usr/bin/env bash
# Builds the packages that template.yaml deploys: build/lambda/api and build/lambda/trigger.
#   scripts/build-lambda.sh [api] [trigger]      both where none is named; OUT=FOLDER for elsewhere
# Wheels for arm64 are fetched whatever machine this is; PYTHON says which pip to use, and
# RUNTIME_PYTHON which Python of the runtime's version compiles the bytecode.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-.venv/bin/python}
command -v "$python" >/dev/null || python=python3
out=${OUT:-build/lambda}
most_api_mb=200 # Lambda takes 250
most_trigger_kb=100

build_api() {
    local runtime
    runtime=$(runtime_python)
    rm -rf "$out/api"
    mkdir -p "$out/api"
    # The runtime python3.13 is Amazon Linux 2023: glibc 2.34. The lock is made for it, so pip, which
    # would judge by the Python that runs it, has nothing left to decide.
    "$python" -m pip install --quiet --disable-pip-version-check --no-compile \
        --no-deps --ignore-requires-python --require-hashes --requirement requirements/lambda.txt \
        --target "$out/api" --only-binary=:all: --implementation cp --python-version 3.13 \
        --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 \
        --platform manylinux_2_17_aarch64 --platform manylinux2014_aarch64
    cp -R src/cocktailspace deploy/certificates "$out/api/"
    rm -rf "$out/api/bin"
    find "$out/api" -name __pycache__ -prune -exec rm -rf {} +
    # What only tests, compilers and interactive use need.
    find "$out/api" -type d -name tests -path '*/numpy/*' -prune -exec rm -rf {} +
    # Lambda may not write beside its code: without bytecode each cold start would compile anew. By
    # the sources' hashes, unchecked, and with the paths of the runtime: the same bytes each time.
    PYTHONHASHSEED=0 "$runtime" -m compileall -q -j 1 --invalidation-mode unchecked-hash \
        -s "$out/api" -p /var/task "$out/api"
    report api $((most_api_mb * 1024))
}

build_trigger() {
    # The file alone: beside it in its folder lies a signal.py, which would hide Python's own.
    rm -rf "$out/trigger"
    mkdir -p "$out/trigger"
    cp src/cocktailspace/refresh/trigger.py "$out/trigger/"
    report trigger "$most_trigger_kb"
}

runtime_python() {
    local version found
    version=$(grep -oP '^ +Runtime: python\K.*' template.yaml)
    found=${RUNTIME_PYTHON:-$(scripts/find-pythons.sh | grep -F "python$version" || true)}
    if [ "$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" != "$version" ]; then
        echo "bytecode for Lambda needs Python $version: say RUNTIME_PYTHON=/path/to/python$version" >&2
        exit 1
    fi
    echo "$found"
}

report() { # NAME MOST_KB
    local kb
    kb=$(du -sk --apparent-size "$out/$1" | cut -f1)
    echo "$out/$1: $kb kB unzipped (at most $2)"
    if [ "$kb" -gt "$2" ]; then
        echo "$out/$1 is too large; see what has come in with requirements/lambda.txt" >&2
        exit 1
    fi
}

[ $# -gt 0 ] || set -- api trigger
for package in "$@"; do
    case $package in
    api | trigger) "build_$package" ;;
    *)
        echo "there is no package $package; say api, trigger or nothing" >&2
        exit 2
        ;;
    esac
done
