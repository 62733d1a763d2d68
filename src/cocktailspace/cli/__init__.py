"""The command line: `cocktailspace --help` lists its commands.

`commands` has them all, and what is long of each has a module: `importing` with its
`plan_dialogue`, `transfer`, `copying`, `compare`, `bar`, `agents`, `doctor`, `tokens`, `rds`.
`common` and `views` are what they share, and `naming` finds what people type among published names.
"""

from cocktailspace.cli.commands import main

__all__ = ["main"]
