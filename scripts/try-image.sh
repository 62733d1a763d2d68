#!/usr/bin/env bash
# Builds the Dockerfile as it stands, without docker and without a registry, and runs a job in it.
#   scripts/try-image.sh [FOLDER]
# Needs root, buildah and debootstrap (Debian has both) and takes a few minutes. A stand-in for the
# base image is made of Debian trixie with its Python, and kept in FOLDER
# (/var/tmp/cocktailspace-image) for the next time.
# The job runs as AWS Batch would run it: the image's command, environment and user, a read-only root,
# a read-only catalogue, and a tmpfs at /tmp. Its results go to a folder instead of a bucket.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-/var/tmp/cocktailspace-image}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d "$folder/job-XXXXXX")
image=cocktailspace-job
container=

fail() {
    echo "$*" >&2
    exit 1
}

buildah() { command buildah --root "$folder/storage" --runroot "$folder/run" "$@"; }

clean_up() {
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
    buildah inspect --type image --format "{{range .OCIv1.Config.$1}}{{println .}}{{end}}" "$image"
}

in_image() { # ro|rw COMMAND...: as the image's user; the catalogue is read-only or not
    local user
    user=$(buildah inspect --type image --format '{{.OCIv1.Config.User}}' "$image")
    mapfile -t environment < <(configured Env)
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount --propagation private bash -euc '
        root=$1 work=$2 user=$3 catalogue=$4
        shift 4
        mount --bind "$root" "$root"
        mount -o remount,bind,ro "$root"
        mount -t proc proc "$root/proc"
        mount -t tmpfs -o size=512m,nosuid,nodev,noexec tmpfs "$root/tmp"
        mount --bind "$work/artifacts" "$root/mnt/artifacts"
        mount --bind "$work/efs" "$root/mnt/efs"
        mount -o "remount,bind,$catalogue" "$root/mnt/efs"
        cd "$root"
        exec chroot --userspec="$user" "$root" env --ignore-environment --chdir=/tmp "$@"
    ' in_image "$root" "$work" "$user" "$1" "${environment[@]}" \
        DB_PATH=/mnt/efs/catalogue.sqlite ANALYTICS_PATH=/mnt/artifacts "${@:2}"
}

[ "$(id -u)" = 0 ] || fail "$0 mounts and changes the root folder: run it as root"
for tool in buildah debootstrap unshare; do
    command -v "$tool" >/dev/null || fail "$tool is needed: apt-get install buildah debootstrap"
done

name=docker.io/library/$(sed -n 's/^FROM \(python:[^ ]*\).*/\1/p' Dockerfile)
buildah inspect --type image "$name" >/dev/null 2>&1 || make_base "$name"
buildah build --isolation chroot --pull=never --tag "$image" .
buildah rmi --prune >/dev/null # what earlier runs have left
container=$(buildah from --pull=never "$image")
root=$(buildah mount "$container")
mkdir -p "$root/mnt/efs" "$root/mnt/artifacts" "$work/efs" "$work/artifacts"
chown 1000:1000 "$work/efs" "$work/artifacts"

in_image rw env DB_NETWORK_FILE_SYSTEM=true python -c '
from cocktailspace.bootstrap import build_services, prepare_catalogue
from cocktailspace.settings import read_settings
services = build_services(read_settings())
prepare_catalogue(services.settings, services.database, starter=True)
services.database.close()'
for forbidden in /mnt/efs/file /file /opt/file; do
    ! in_image ro touch "$forbidden" 2>/dev/null || fail "the job could write $forbidden"
done
mapfile -t command < <(configured Cmd)
in_image ro "${command[@]}"
[ -s "$work/artifacts/analytics/v1/manifest.json" ] || fail "the job has published nothing"
searched=$(in_image ro env NUMBA_DEBUG_CACHE=1 python -c '
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
buildah images --format '{{.Name}}: {{.Size}}'
