"""The command line: serve, refresh, status, import, export, token, doctor."""

from cocktailspace.cli.commands import main

__all__ = ["main"]
