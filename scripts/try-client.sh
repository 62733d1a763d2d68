#!/usr/bin/env bash
# Generates a Python client from the API's description, checks its types, and has it make a journey
# through a server: BIN=.venv/bin scripts/try-client.sh. Needs the package index.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(cd "${BIN:-.venv/bin}" && pwd)
port=${PORT:-8766}
unset DB_PATH DATABASE_URL ANALYTICS_PATH ANALYTICS_BUCKET TOKENS_PATH
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

"$bin/python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements/client.txt
cp scripts/client_journey.py "$work"
cd "$work"
"$bin/cocktailspace" serve --port "$port" &
server=$!
until "$bin/cocktailspace" status 2>/dev/null | grep -q ^fresh; do
    kill -0 "$server"
    sleep 0.5
done

echo 'post_hooks: []' >config.yml
venv/bin/openapi-python-client generate --config config.yml --fail-on-warning --meta none \
    --url "http://127.0.0.1:$port/api/v1/openapi.json" --output-path cocktailspace_client
venv/bin/mypy --strict cocktailspace_client client_journey.py
TOKEN=$("$bin/cocktailspace" token new journey --role editor) \
    venv/bin/python client_journey.py "http://127.0.0.1:$port"
