"""When two names are the same name, and what to suggest for one that is unknown."""

import difflib
import unicodedata
from collections.abc import Iterable


def name_key(name: str) -> str:
    """The form in which names are compared: without regard to case or to how accents are coded.

    Canonical caseless matching, Unicode Standard 3.13, D145. Compatibility variants stay apart:
    real catalogues hold names that differ in nothing but a no-break space.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint such as ` (did you mean 'Gin'?)`, or nothing when no known name is close."""
    spelling = {name_key(each): each for each in known}
    close = difflib.get_close_matches(name_key(name), spelling, n=1)
    return f" (did you mean {spelling[close[0]]!r}?)" if close else ""
