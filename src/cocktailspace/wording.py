"""Numbers in sentences."""

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """How many of what: "1 recipe", "1,356 recipes". plural: where it is not the noun and an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def listed(names: Sequence[str], most: int = 5, count: int | None = None) -> str:
    """The first names, and how many there are besides. count: how many there are, where `names`
    are only the first of them.
    """
    shown = names[:most]
    more = (len(names) if count is None else count) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
