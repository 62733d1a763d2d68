"""Numbers in sentences."""

from collections.abc import Sequence

_VES = ("leaf", "half", "loaf")


def counted(number: int, noun: str) -> str:
    """How many of what: "1 recipe", "1,356 recipes"."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """More than one of it, by the rules of English: "dashes", "leaves", "ponies"."""
    lower = noun.lower()
    if lower.endswith(("s", "x", "z", "ch", "sh")):
        return f"{noun}es"
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun[:-1]}ves" if lower.endswith(_VES) else f"{noun}s"


def listed(names: Sequence[str], most: int = 5, count: int | None = None) -> str:
    """The first names, and how many there are besides. count: how many there are, where `names`
    are only the first of them.
    """
    shown = names[:most]
    more = (len(names) if count is None else count) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")
