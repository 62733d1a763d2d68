#!/usr/bin/env bash
# Builds the Dockerfile as it stands, without docker and without a registry; runs a job in the one image
# and serves from the other.
#   scripts/try-image.sh [FOLDER]
# Needs root, buildah and debootstrap (Debian has both) and takes a few minutes. A stand-in for the
# base image is made of Debian trixie with its Python, and kept in FOLDER
# (/var/tmp/cocktailspace-image) for the next time.
# The job runs as AWS Batch would run it: the image's command, environment and user, a read-only root,
# a read-only catalogue, and a tmpfs at /tmp. Its results go to a folder instead of a bucket.
# The server has one writable folder, its volume, and is told to stop by SIGTERM.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-/var/tmp/cocktailspace-image}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d "$folder/job-XXXXXX")
container=
server=

fail() {
    echo "$*" >&2
    exit 1
}

buildah() { command buildah --root "$folder/storage" --runroot "$folder/run" "$@"; }

clean_up() {
    [ -z "$server" ] || pkill --parent "$server"
    [ -z "$container" ] || buildah rm "$container" >/dev/null
    rm -rf "$work"
}
trap clean_up EXIT

make_base() { # NAME: Debian's Python where the official image has its own, and pip beside it
    local base tree=$work/base
    debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates trixie "$tree"
    cp /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/" # also of a proxy, if there is one
    rm -f "$tree"/usr/lib/python3.*/EXTERNALLY-MANAGED "$tree"/var/cache/apt/archives/*.deb
    ln -s /usr/bin/python3 "$tree/usr/local/bin/python"
    local wheel
    wheel=$(cd "$tree" && echo usr/share/python-wheels/pip-*.whl)
    chroot "$tree" python "/$wheel/pip" install --quiet --root-user-action ignore --no-index "/$wheel"
    base=$(buildah from scratch)
    buildah add --quiet "$base" "$tree" / >/dev/null
    buildah commit --quiet --rm "$base" "$1" >/dev/null
}

configured() { # FIELD: the items of a list in the image's configuration, one a line
    buildah inspect --type image --format "{{range .Docker.Config.$1}}{{println .}}{{end}}" "$image"
}

start_image() { # NAME: a container of it from here on
    image=$1
    [ -z "$container" ] || buildah rm "$container" >/dev/null
    container=$(buildah from --pull=never "$image")
    root=$(buildah mount "$container")
    user=$(buildah inspect --type image --format '{{.Docker.Config.User}}' "$image")
    place=$(buildah inspect --type image --format '{{.Docker.Config.WorkingDir}}' "$image")
    mapfile -t environment < <(configured Env)
    mapfile -t command < <(configured Cmd)
}

in_image() { # MOUNT... -- COMMAND...: as the image's user, in its folder; a mount is FROM:TO:ro|rw
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --propagation private bash -euc '
        root=$1 user=$2 place=$3
        shift 3
        mount --bind "$root" "$root"
        mount -o remount,bind,ro "$root"
        mount -t proc proc "$root/proc"
        mount -t tmpfs -o size=512m,nosuid,nodev,noexec tmpfs "$root/tmp"
        until [ "$1" = -- ]; do
            IFS=: read -r from to how <<<"$1"
            mount --bind "$from" "$root$to"
            mount -o "remount,bind,$how" "$root$to"
            shift
        done
        cd "$root"
        exec chroot --userspec="$user" "$root" env --ignore-environment --chdir="$place" "${@:2}"
    ' in_image "$root" "$user" "$place" "$@"
}

in_job() { # ro|rw COMMAND...: the catalogue is read-only or not
    in_image "$work/artifacts:/mnt/artifacts:rw" "$work/efs:/mnt/efs:$1" -- "${environment[@]}" \
        DB_PATH=/mnt/efs/catalogue.sqlite ANALYTICS_PATH=/mnt/artifacts "${@:2}"
}

in_server() { in_image "$work/data:/data:rw" -- "${environment[@]}" "$@"; }

[ "$(id -u)" = 0 ] || fail "$0 mounts and changes the root folder: run it as root"
for tool in buildah debootstrap unshare; do
    command -v "$tool" >/dev/null || fail "$tool is needed: apt-get install buildah debootstrap"
done

name=docker.io/library/$(sed -n 's/^FROM \(python:[^ ]*\).*/\1/p' Dockerfile)
buildah inspect --type image "$name" >/dev/null 2>&1 || make_base "$name"
for target in serve job; do # of docker's format, as the other has no health check
    buildah build --isolation chroot --format docker --layers --pull=never \
        --target "$target" --tag "cocktailspace-$target" .
done
buildah rmi --prune >/dev/null # what earlier runs have left

start_image cocktailspace-job
mkdir -p "$root/mnt/efs" "$root/mnt/artifacts" "$work/efs" "$work/artifacts"
chown 1000:1000 "$work/efs" "$work/artifacts"

in_job rw env DB_NETWORK_FILE_SYSTEM=true python -c '
from cocktailspace.bootstrap import build_services, prepare_catalogue
from cocktailspace.settings import read_settings
services = build_services(read_settings())
prepare_catalogue(services.settings, services.database, starter=True)
services.database.close()'
for forbidden in /mnt/efs/file /file /opt/file; do
    ! in_job ro touch "$forbidden" 2>/dev/null || fail "the job could write $forbidden"
done
in_job ro "${command[@]}"
[ -s "$work/artifacts/analytics/v1/manifest.json" ] || fail "the job has published nothing"
searched=$(in_job ro env NUMBA_DEBUG_CACHE=1 python -c '
import numpy as np
from cocktailspace.analytics.code_cache import writable_code_cache
from cocktailspace.analytics.parameters import MAP_NEIGHBOURS
from cocktailspace.analytics.transport.neighbours import FEW, nearest_rows
from cocktailspace.analytics.transport.rows import Rows
n = FEW + 1
with writable_code_cache():
    nearest_rows(Rows(np.arange(n + 1), np.arange(n) % 100, np.ones(n), 100), MAP_NEIGHBOURS)')
case $searched in
*"data saved"*) fail "the job would compile what the image should hold" ;;
*"data loaded"*) ;;
*) fail "numba says nothing of its cache: $searched" ;;
esac

start_image cocktailspace-serve
mkdir "$work/data" # as a new volume: with what the image has there, its owner above all
chown --reference="$root/data" "$work/data"
mapfile -t check < <(configured Healthcheck.Test)
[ "${check[0]}" = CMD ] || fail "the image has no health check"
begun=$SECONDS
in_server "${command[@]}" &
server=$!
until in_server cocktailspace status 2>/dev/null | grep -q ^fresh; do
    kill -0 "$server" || fail "the server has ended"
    sleep 0.5
done
echo "from a new volume to a map in $((SECONDS - begun)) s"
in_server "${check[@]:1}"
in_server cocktailspace token new ann >/dev/null
for forbidden in /file /opt/file; do
    ! in_server touch "$forbidden" 2>/dev/null || fail "the server could write $forbidden"
done
pkill --parent "$server" # the shell of the function has started it
wait "$server" && code=0 || code=$?
server=
[ "$code" = 143 ] || [ "$code" = 0 ] || fail "told to stop, the server ended with $code"
! in_server "${check[@]:1}" 2>/dev/null || fail "the health check is content without a server"
buildah images --format '{{.Name}}: {{.Size}}'
