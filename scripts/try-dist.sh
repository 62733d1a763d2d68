#!/usr/bin/env bash
# Installs the wheel and the sdist of dist/, each into a bare environment away from the sources, and
# serves there until the map of the starter catalogue is published and the page is up:
# PYTHON=python3.13 scripts/try-dist.sh. Needs the package index.
set -euo pipefail
dist=$(cd "$(dirname "$0")/../dist" && pwd)
python=${PYTHON:-python3}
port=${PORT:-8765}
unset DB_PATH DATABASE_URL ANALYTICS_PATH ANALYTICS_BUCKET
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

for package in "$dist"/cocktailspace-*.whl "$dist"/cocktailspace-*.tar.gz; do
    mkdir "$work/${package##*.}"
    cd "$work/${package##*.}"
    begun=$SECONDS
    "$python" -m venv bare
    bare/bin/python -m pip --disable-pip-version-check install --quiet "$package"
    bare/bin/cocktailspace --version
    bare/bin/cocktailspace serve --port "$port" &
    server=$!
    until bare/bin/cocktailspace status 2>/dev/null | grep -q ^fresh; do
        kill -0 "$server"
        sleep 0.5
    done
    "$python" - "http://127.0.0.1:$port" <<'PYTHON'
import re, sys
from urllib.request import urlopen

page = urlopen(sys.argv[1]).read().decode()
paths = re.findall(r'(?:src|href)="(/[^"]+[.](?:js|css))"', page)
assert paths, page
for path in (*paths, "/recipes", "/api/v1/analytics/cocktail-space-em"):
    assert urlopen(sys.argv[1] + path).read(), path
PYTHON
    kill "$server"
    wait "$server" || true
    server=
    echo "${package##*/}: from nothing to a map in $((SECONDS - begun)) s"
done
