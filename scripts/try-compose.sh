#!/usr/bin/env bash
# Runs deploy/compose.yaml as it stands, with podman: from nothing to a map over TLS, who is told apart,
# a backup, a new container on the old data, a clean stop. scripts/try-image.sh builds the image first.
#   scripts/try-compose.sh [FOLDER]
# Needs root, podman, podman-compose, buildah and, for Caddy's image, the caddy of the .venv. A stand-in
# for that image is made of it; ports 80 and 443 must be free.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(cd "${1:-/var/tmp/cocktailspace-image}" && pwd)
if [ -z "${PRIVATE_MOUNTS:-}" ]; then
    PRIVATE_MOUNTS=1 exec unshare --mount --propagation private "$0" "$folder"
fi
# crun refuses a mixture of both versions of control groups, which some machines have.
umount /sys/fs/cgroup/unified 2>/dev/null || true
work=$(mktemp -d)
export CONTAINERS_CONF=$work/containers.conf
printf '[containers]\ncgroups = "disabled"\ndefault_ulimits = ["nofile=8192:8192", "nproc=8192:8192"]\n' >"$CONTAINERS_CONF"

podman() { command podman --root "$folder/storage" --runroot "$folder/run" "$@"; }
buildah() { command buildah --root "$folder/storage" --runroot "$folder/run" "$@"; }
compose() {
    podman-compose --podman-args="--root=$folder/storage" --podman-args="--runroot=$folder/run" \
        -f deploy/compose.yaml "$@"
}
fail() {
    podman logs cocktailspace_cocktailspace_1 >&2 || true
    podman logs --tail 3 cocktailspace_caddy_1 >&2 || true
    echo "$*" >&2
    exit 1
}
clean_up() {
    compose down --volumes >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap clean_up EXIT

mkdir -p "$work/root/usr/bin" "$work/root/tmp" "$work/root/data" "$work/root/etc/caddy"
cp .venv/bin/caddy "$work/root/usr/bin/"
container=$(buildah from scratch)
buildah add --quiet "$container" "$work/root" / >/dev/null
buildah config --env XDG_DATA_HOME=/data --cmd \
    '["/usr/bin/caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]' "$container"
buildah commit --quiet --rm "$container" docker.io/library/caddy:2 >/dev/null
podman tag localhost/cocktailspace-serve localhost/cocktailspace

service() { podman exec cocktailspace_cocktailspace_1 "$@"; }
ask() { curl --silent --insecure --max-time 10 "$@"; }
up() {
    compose up -d --no-build >"$work/log" 2>&1 || fail "$(cat "$work/log")"
    until ask https://localhost/api/v1/refresh | grep -q '"state":"fresh"'; do
        [ $((SECONDS - begun)) -lt 60 ] || fail "no map"
        sleep 0.2
    done
}
elsewhere() { # what Caddy answers to an attempt from another address of its network
    podman run --rm --network cocktailspace_default localhost/cocktailspace python -c '
import socket, ssl
context = ssl._create_unverified_context()
with socket.create_connection(("caddy", 443)) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as caddy:
        caddy.sendall(b"DELETE /api/v1/recipes/1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        print(caddy.recv(100).split()[1].decode())' 2>/dev/null
}

begun=$SECONDS
up
echo "from nothing to a map over TLS in $((SECONDS - begun)) s"
[ "$(ask --output /dev/null --write-out '%{redirect_url}' http://localhost/)" = https://localhost/ ] ||
    fail "HTTP does not lead to HTTPS"
podman healthcheck run cocktailspace_cocktailspace_1 || fail "the service says that it is not well"
! service touch /file 2>/dev/null || fail "the service could write to its root"
service grep -q '^CapEff:.*0000000000000000' /proc/1/status || fail "the service has capabilities"
token=$(service cocktailspace token new ann --role editor)
ask --fail --request POST https://localhost/api/v1/ingredients --header "Authorization: Bearer $token" \
    --header 'Content-Type: application/json' --data '{"name": "Kept"}' >/dev/null || fail "no edit"
for _ in $(seq 900); do echo 'url = https://localhost/api/v1/recipes/1'; done >"$work/urls"
ask --request DELETE --config "$work/urls" >"$work/answers"
grep -q too_many_requests "$work/answers" || fail "attempts are not counted"
[ "$(elsewhere)" = 401 ] || fail "strangers at other addresses are taken for one"

service cocktailspace backup /data/backup.sqlite
begun=$SECONDS
compose up -d --no-build --force-recreate >"$work/log" 2>&1 || fail "$(cat "$work/log")"
up
ask https://localhost/api/v1/ingredients >"$work/answers"
grep -q '"Kept"' "$work/answers" || fail "a new container has lost the data"
podman stop cocktailspace_cocktailspace_1 >/dev/null 2>&1
code=$(podman inspect --format '{{.State.ExitCode}}' cocktailspace_cocktailspace_1)
[ "$code" = 0 ] || fail "told to stop, the service ended with $code"
echo "served, recreated on the same data, and stopped"
