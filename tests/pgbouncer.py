"""PgBouncer between clients and a PostgreSQL server of the tests, in its transaction mode: whoever
relies on what a session keeps fails.
"""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import end_with_parent, server_folder, unprivileged_user
from tests.waiting import eventually


def pgbouncer_program() -> str | None:
    """PgBouncer, or None where it is not installed."""
    return shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")


@contextmanager
def pgbouncer(program: str, server: Path, *, connections: int = 4) -> Iterator[Path]:
    """Run it; gives the folder of its socket, which stands for the server's.

    connections: so many to the server for each database; a client has one for a transaction.
    """
    with server_folder() as folder:
        settings = folder / "ini"
        settings.write_text(
            f"[databases]\n* = host={server} user=cocktailspace\n"
            f"[pgbouncer]\npool_mode = transaction\ndefault_pool_size = {connections}\n"
            f"auth_type = any\nlisten_port = 5432\nunix_socket_dir = {folder}\n"
            f"logfile = {folder}/log\nserver_check_delay = 0\n"
        )
        child = subprocess.Popen(
            [program, "-q", str(settings)],
            user=unprivileged_user(),
            cwd=folder,
            preexec_fn=end_with_parent,  # noqa: PLW1509
        )

        def listens() -> bool:
            assert child.poll() is None, (folder / "log").read_text()
            with socket.socket(socket.AF_UNIX) as client:
                return client.connect_ex(str(folder / ".s.PGSQL.5432")) == 0

        try:
            eventually(listens)
            yield folder
        finally:
            child.terminate()
            child.wait()
