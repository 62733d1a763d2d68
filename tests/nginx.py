"""An nginx of a test's own: all that it writes lies in one folder."""

import os
import shutil
from pathlib import Path

_KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def nginx_program() -> str | None:
    """Where nginx is, if it is on this machine."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def nginx_command(program: str, folder: Path, servers: str) -> list[str]:
    """Write a configuration with these servers; the command that runs it in the foreground."""
    user = "user root; " if os.geteuid() == 0 else ""
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _KINDS)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"{user}daemon off; worker_processes 1;\n"
        f"pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{servers}\n}}\n"
    )
    return [program, "-c", str(configuration), "-p", str(folder)]
