"""The command line: `cocktailspace serve`, `refresh`, `status`, `import`, `export`, `doctor`."""

from cocktailspace.cli.commands import main

__all__ = ["main"]
