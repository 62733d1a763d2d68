"""Numbers in sentences."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """How many of what: "1 recipe", "1,356 recipes". plural: where it is not the noun and an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
