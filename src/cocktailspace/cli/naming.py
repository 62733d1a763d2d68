"""Names that people type, found among those of the published run."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from cocktailspace.analytics.bar.index import BarIndex
from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.names import alike_key, did_you_mean, name_key, plain_words

_SHOWN_CHOICES = 5


class RecipeNames:
    """Recipes by name, else by what looks the same (pina colada, or a no-break space); of several
    that share one, each is meant by its id.
    """

    def __init__(self, names: Sequence[str], ids: Sequence[int]) -> None:
        self._names, self._ids = names, ids

    def id_of(self, wanted: str) -> int:
        """The recipe that is meant; NotFoundError where there is none, or several."""
        there = self._by_name.get(name_key(wanted), [])
        if not there and wanted.isdecimal() and int(wanted) in self._ids:
            return int(wanted)
        there = there or self._by_look.get(alike_key(wanted), [])
        if len(there) == 1:
            return there[0]
        if there:
            ids = _listed(map(str, sorted(there)))
            message = f"there are {len(there)} recipes {wanted!r}: name one by its id, {ids}"
            raise NotFoundError(message)
        raise NotFoundError(f"there is no recipe {wanted!r}{did_you_mean(wanted, self._names)}")

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        return self._by(name_key)

    @cached_property
    def _by_look(self) -> dict[str, list[int]]:
        return self._by(alike_key)

    def _by(self, key_of: Callable[[str], str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for name, recipe_id in zip(self._names, self._ids, strict=True):
            found.setdefault(key_of(name), []).append(recipe_id)
        return found

    def ids_of(self, wanted: Iterable[str]) -> list[int]:
        """Those that are meant; NotFoundError names every one that is not clear."""
        problems, found = [], []
        for name in wanted:
            try:
                found.append(self.id_of(name))
            except NotFoundError as error:
                problems.append(str(error))
        if problems:
            raise NotFoundError("\n".join(problems))
        return found


def ingredients_named(index: BarIndex, wanted: Iterable[str]) -> list[int]:
    """Places of the ingredients that are meant: by name or alias, else the only one that looks the
    same (limes, Benedictine), else that begins with the words, else that has them.

    Raises NotFoundError with every name that is not an ingredient's, or could be several's.
    """
    known = {name_key(alias): place for place, own in enumerate(index.aliases) for alias in own}
    known |= {name_key(name): place for place, name in enumerate(index.names)}
    spelled = [*index.names, *chain.from_iterable(index.aliases)]
    problems, found = [], []
    for name in wanted:
        choices = _meant(name, known)
        if len(choices) == 1:
            found.append(choices.pop())
        elif choices:
            some = [index.names[each] for each in sorted(choices)]
            problems.append(f"{name!r} could be several: did you mean {_listed(map(repr, some))}?")
        else:
            problems.append(f"there is no ingredient {name!r}{did_you_mean(name, spelled)}")
    if problems:
        raise NotFoundError("\n".join(problems))
    return list(dict.fromkeys(found))


def _meant(name: str, known: Mapping[str, int]) -> set[int]:
    key = name_key(name)
    if key in known:
        return {known[key]}
    if not plain_words(name):
        return set()
    words = plain_words(name)
    plain = [(plain_words(each), place) for each, place in known.items()]
    same = {place for each, place in plain if each == words}
    begins = {place for each, place in plain if each[: len(words)] == words}
    return same or begins or {place for each, place in plain if set(words) <= set(each)}


def _listed(choices: Iterable[str]) -> str:
    some = list(choices)
    more = len(some) - _SHOWN_CHOICES
    return " or ".join(some[:_SHOWN_CHOICES]) + (f", or one of {more} more" if more > 0 else "")
