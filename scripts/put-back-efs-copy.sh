#!/bin/bash
# Puts a copy that AWS Backup restored below /aws-backup-restore_TIME/ in the catalogue's place.
# docs/deploy-aws.md runs it as the user data of an instance that ends itself; FILE_SYSTEM is filled in
# there. The API and the reconcile must be stopped meanwhile.
set -euo pipefail

root=${ROOT:-/mnt/restore}
if [ -z "${ROOT:-}" ]; then
    trap 'shutdown --halt now' EXIT
    dnf install --quiet --assumeyes amazon-efs-utils sqlite
    mkdir -p "$root"
    mount -t efs -o tls,iam FILE_SYSTEM:/ "$root"
fi

copy=$(find "$root" -maxdepth 1 -type d -name 'aws-backup-restore_*' | sort | tail -1)/catalogue
if [ ! -f "$copy/catalogue.sqlite" ]; then
    echo "NOT restored: no aws-backup-restore_TIME/catalogue/catalogue.sqlite on the file system" >&2
    exit 1
fi
# With its journal beside it: opening the copy read-write takes back what was not committed.
answer=$(sqlite3 "$copy/catalogue.sqlite" 'BEGIN IMMEDIATE; ROLLBACK; PRAGMA integrity_check;' 2>&1) || true
if [ "$answer" != ok ]; then
    echo "NOT restored: the copy is damaged: $answer" >&2
    exit 1
fi
before=$root/catalogue-before-$(date -u +%Y%m%dT%H%M%SZ)
mkdir "$before"
for name in catalogue.sqlite catalogue.sqlite-journal catalogue.sqlite-wal catalogue.sqlite-shm; do
    if [ -e "$root/catalogue/$name" ]; then mv "$root/catalogue/$name" "$before/"; fi
done
install --owner="${OWNER:-1000}" --group="${OWNER:-1000}" --mode=0600 "$copy/catalogue.sqlite" "$root/catalogue/catalogue.sqlite"
sync
echo "restored $copy; what was there before is in $before"
