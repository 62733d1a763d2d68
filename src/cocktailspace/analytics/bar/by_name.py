"""What names say of ingredients where a catalogue says nothing: what is always there, and what is
made from what.
"""

import re
from collections.abc import Iterable, Mapping

_STAPLES = """
ice crushedice crackedice icecube water tapwater hotwater boilingwater
sugar whitesugar granulatedsugar castersugar superfinesugar
salt seasalt tablesalt saline salinesolution
"""
"""Folded names of what is in every kitchen; saline is salt and water."""
_ALCOHOLIC = """
absinthe amaro aperitif aperitivo aquavit armagnac bitters bourbon brandy cachaça cachaca calvados
cava champagne cognac gin grappa liqueur madeira mezcal ouzo pastis pisco port prosecco rum rye sake
sherry spirit spirits tequila vermouth vodka whiskey whisky wine
"""

_PART = re.compile(
    r"(?:freshly squeezed |fresh )?(?P<whole>.+) (?:juice|peel|zest|twist|wedge|wheel|slice|cube"
    r"|hull|half|leaf|leave|sprig|purée|puree|(?<=^egg )white|(?<=^egg )yolk)s?"
    r"|slices (?:of )?(?P<sliced>.+)",
    re.IGNORECASE,
)
_SYRUP = re.compile(r"(?:rich )?(?P<whole>.+) syrup", re.IGNORECASE)
_SUGAR_SYRUPS = frozenset(["simplesyrup", "richsimplesyrup", "richsyrup", "sugarsyrup"])


def folded(name: str) -> str:
    """A name without regard to case, spaces, hyphens and the plural."""
    letters = re.sub(r"[\s'’-]", "", name.casefold())
    if letters.endswith("ies"):
        return letters[:-3] + "y"
    return letters[:-1] if letters.endswith("s") and not letters.endswith("ss") else letters


def is_staple(names: Iterable[str]) -> bool:
    """Whether something of these names is always there."""
    return any(folded(name) in _STAPLES.split() for name in names)


def is_alcoholic(names: Iterable[str]) -> bool:
    """Whether one of these names says that it is a drink with alcohol."""
    return any(word in _ALCOHOLIC.split() for name in names for word in name.casefold().split())


def whole_of(name: str) -> str | None:
    """Folded name of the fruit or herb that this is a part of; None where it is none."""
    found = _PART.fullmatch(name)
    return folded(found["whole"] or found["sliced"]) if found else None


def source_of(name: str, known: Mapping[str, int]) -> int | None:
    """What something is made from at home, by its name: juice and peel from the fruit, a syrup of
    sugar or honey from these; None for all else.

    known: ingredients by their folded names.
    """
    if folded(name) in _SUGAR_SYRUPS:
        return known.get("sugar")
    if found := _SYRUP.fullmatch(name):
        whole = found["whole"]
        return known.get("honey" if folded(whole) == "honey" else folded(f"{whole} sugar"))
    whole = whole_of(name)
    return None if whole is None else known.get(whole)
