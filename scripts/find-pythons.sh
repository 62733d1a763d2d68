#!/usr/bin/env bash
# Prints the Pythons on this machine that pyproject.toml names, oldest first, one a line.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t versions < <(grep -oP 'Language :: Python :: \K3\.\d+' pyproject.toml)
for version in "${versions[@]}"; do
    # Each is run, not only looked for: pyenv puts the names of all its versions into the PATH, chosen or not.
    for python in "python$version" "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/$version".*/bin/"python$version"; do
        if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$python"
            break
        fi
    done
done
