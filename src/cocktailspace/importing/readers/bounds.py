"""How much a stranger's file may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one file may take."""

    file_bytes: int = 64 * 2**20
    expanded_bytes: int = 256 * 2**20
    """Of all that an archive holds."""
    archive_files: int = 100_000
    recipes: int = 100_000
    cells: int = 10_000_000
    depth: int = 60
    seconds: float = 60
    memory_bytes: int = 1_500 * 2**20
    """Of the address space of the child that reads."""


BOUNDS = Bounds()
