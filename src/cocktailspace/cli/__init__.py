"""The command line: `cocktailspace --help` lists its commands."""

from cocktailspace.cli.commands import main

__all__ = ["main"]
