"""Which ingredient a line means: one that is there, perhaps one, or a new one and its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rapidfuzz import fuzz, process

from cocktailspace.importing.families import Families
from cocktailspace.importing.known_ingredients import Certain, KnownIngredients
from cocktailspace.importing.languages import (
    is_preparation,
    particle,
    says_nothing,
    usual_in_english,
    varieties,
)
from cocktailspace.importing.lines import Candidate, ReadLine
from cocktailspace.importing.names import (
    OVERPROOF,
    NameWords,
    as_written,
    brands_in,
    shorter_and_shorter,
    titled,
    without_flavored,
    without_participles,
    without_preparation,
    word_places,
)
from cocktailspace.importing.vocabulary import key_of, word_set, words_of

How = Literal[Certain, "brand", "near", "new", "unplaced", "unread"]

_AND = re.compile(r"\s+and\s+|\s*&\s*", re.IGNORECASE)
_YEARS = re.compile(r"(\d+)(?:yr|yo|y|year|ano|an|anni|anno|jahre?|jahrig|jarig|letni|ar)?")
_ALIKE = 86  # of 100
_JOINING = ("flavored", "flavor", "in", "with", "of")


@dataclass(frozen=True, slots=True)
class Match:
    """What a line's ingredient was matched to."""

    how: How
    ingredient_id: int | None = None
    name: str = ""
    """Of the ingredient that is there, or of the new one."""
    place_id: int | None = None
    """Where a new one would hang."""
    note: str = ""
    unit: str | None = None

    @property
    def certain(self) -> bool:
        """Whether nobody needs to be asked."""
        return self.how in ("name", "alias", "synonym", "brand")


@dataclass(slots=True)
class Matcher:
    """Matches names to the ingredients of a catalogue; remembers what it has matched."""

    known: KnownIngredients
    families: Families
    _seen: dict[tuple[Candidate, ...], Match] = field(default_factory=dict)

    def match_line(self, read: ReadLine) -> Match:
        """What a line means; a remark may name its kind: `orange liqueur (Cointreau)`."""
        met = self.match(read.candidates, read.label)
        for note in read.quantity.notes if met.ingredient_id is not None and met.certain else ():
            kind = self.known.find(words_of(note))
            if kind is not None and met.ingredient_id in self.known.ancestors(kind[0])[1:]:
                return replace(self._met(*kind), unit=met.unit, note=met.note)
            if (other := self._flavoured(read, met, note)) is not None:
                return other
        return met

    def _flavoured(self, read: ReadLine, met: Match, note: str) -> Match | None:
        """What `syrup (raspberry)` or `rum, coconut flavored` means: a flavour that is said besides
        makes another thing, unless the name has it (`amaretto (almond)`).
        """
        joining = (word for word in words_of(note) if word not in _JOINING)
        words = tuple(word for word in joining if particle(word) is None)
        if met.ingredient_id is None or not all(varieties((word,)) for word in words):
            return None
        if len(words) > 1 and (self.known.find(words) or usual_in_english(words)):
            return None  # what is there besides, such as `green olive`
        above, family = self.known.ancestors(met.ingredient_id), self._said_of(met.ingredient_id)
        if varieties(words, "flavour", "kind", "strength") <= family:
            return None
        for end in ((), *((word,) for word in family)):
            if (same := self.known.find(words + end)) and same[0] in above:
                return None
        name = read.candidates[0].name
        both = Candidate(f"{note} {name}"), Candidate(f"{name} {note}")
        return self._certainly(both) or self._new(both[:1])

    def _said_of(self, ingredient_id: int | None) -> frozenset[str]:
        """Words of an ingredient and all above it; what has no sugar added is what it is."""
        above = [] if ingredient_id is None else self.known.ancestors(ingredient_id)
        said = {word for each in above for word in words_of(self.known.by_id[each].name)}
        return frozenset(said | {"unsweetened"}) if above else frozenset()

    def match(self, candidates: Sequence[Candidate], label: str = "") -> Match:
        """What the first candidate that is known for certain means; else what comes near."""
        key = (*candidates, Candidate(label))
        if key not in self._seen:
            self._seen[key] = self._match(tuple(candidates), label)
        return self._seen[key]

    def _match(self, candidates: tuple[Candidate, ...], label: str) -> Match:
        if not candidates:
            return Match("unread")
        if label:
            own = [each for each in candidates if each.name == label] or list(candidates[:1])
            rest = tuple(each for each in candidates if each not in own)
            met = self._certainly(tuple(own))
            if met is not None:
                return met
            under = self._certainly(rest)
            place = under.ingredient_id if under else None
            brand = self._brand_is(label, under)
            return brand or replace(self._new(tuple(own)), place_id=place, how="new")
        return self._certainly(candidates) or self._perhaps(candidates)

    def _brand_is(self, label: str, under: Match | None) -> Match | None:
        """A label of unknown words beside an ingredient that is known is a brand of it."""
        if under is None or varieties(words_of(label)):
            return None
        return replace(under, how="brand", note=label)

    def _certainly(self, candidates: tuple[Candidate, ...]) -> Match | None:
        for candidate in candidates:
            left = [word for word in words_of(candidate.remainder) if not is_preparation(word)]
            met = self._known(NameWords.of(candidate.name))
            if met is not None and varieties(left) <= self._said_of(met.ingredient_id):
                note = " ".join(part for part in (candidate.remainder, met.note) if part)
                return replace(met, unit=candidate.unit, note=note)
        return None

    def _known(self, words: NameWords) -> Match | None:
        """The ingredient that a name certainly means, remarks and brands aside."""
        bare, remarks = without_preparation(words)
        plainer = without_flavored(bare)
        forms = [(words, ""), (bare, remarks), *([(plainer, remarks)] if plainer else [])]
        forms += shorter_and_shorter(words)
        for form, note in forms:
            if form.flat and (met := self.known.find(form.flat)):
                said = self._brand_said(form, met[0], met[1])
                return self._met(met[0], met[1], " ".join(filter(None, (note, said))))
        simpler, done = without_participles(bare)
        met = self.known.find(simpler.flat) if done else None
        if met and self._is_precise(met[0]) and not self._is_drink(met[0]):
            return self._met(*met, f"{remarks} {done}".strip())  # of a drink it may be a brand
        if met_before := self._with_words_after(bare):
            return replace(met_before, note=f"{remarks} {met_before.note}".strip())
        for form, note in forms:
            if met_brand := self._brand(form):
                return replace(met_brand, note=" ".join(filter(None, (note, met_brand.note))))
        return None

    def _with_words_after(self, words: NameWords) -> Match | None:
        """`Pastis de Marseille`, `nata para cocinar`: what it is, and words that no table has."""
        flat = words.flat
        # `d'Alsace`
        elided = {place for place, word in enumerate(words.written) if word[1:2] in ("'", "’")}
        for end in range(1, len(flat)):
            joins = "of" if {*word_places(words, end, 1)} & elided else particle(flat[end])
            after = flat[end:] if word_places(words, end, 1)[0] in elided else flat[end + 1 :]
            if joins is None or not after or not all(map(says_nothing, after)):
                continue
            if joins not in ("of", "for") and not all(map(is_preparation, after)):
                continue  # a flavour, or what it lacks: another thing
            met = self.known.find(flat[:end])
            is_drink = met is not None and self._is_drink(met[0])
            if met and (joins == "for" or (is_drink and self._is_precise(met[0]))):
                return self._met(*met, as_written(words, end, len(flat)))
        return None

    def _is_precise(self, ingredient_id: int) -> bool:
        return not self.known.has_kinds(ingredient_id)

    def _is_drink(self, ingredient_id: int) -> bool:
        above = self.known.ancestors(ingredient_id)
        return any(_is_drink(words_of(self.known.by_id[each].name)) for each in above)

    def _brand_said(self, words: NameWords, ingredient_id: int, how: How) -> str:
        """The brand by which an ingredient is called, which is more than another name of it."""
        own = words_of(self.known.by_id[ingredient_id].name)
        for brand, start in brands_in(words.flat) if how in ("alias", "synonym") else ():
            if not set(brand.words) <= set(own):
                return as_written(words, start, len(brand.words))
        return ""

    def _met(self, ingredient_id: int, how: How, note: str = "") -> Match:
        name = self.known.by_id[ingredient_id].name
        return Match(how, ingredient_id, name, note=note)

    def _brand(self, words: NameWords) -> Match | None:
        """A brand, stripped to what is in its bottle."""
        flat = words.flat
        for brand, start in brands_in(flat):
            rest = flat[:start] + flat[start + len(brand.words) :]
            note = as_written(words, start, len(brand.words))
            found = self.known.find(rest) if rest else None
            if brand.kind is None:
                if found is not None and (self._is_drink(found[0]) or not _is_flavour(rest)):
                    return replace(self._met(found[0], "brand"), note=note)
                continue  # of `Bols strawberry` no fruit is meant
            kind_words = words_of(brand.kind)
            kind = self.known.find(kind_words)
            if all(_says_nothing(word, kind_words) for word in rest):
                return replace(
                    self._met(kind[0], "brand") if kind else self._new_kind(brand.kind), note=note
                )
            found = found or self.known.find(rest + kind_words[-1:])
            if found is not None and kind is not None and self.known.related(found[0], kind[0]):
                precise = kind if found[0] in self.known.ancestors(kind[0]) else found
                return replace(self._met(precise[0], "brand"), note=note)
        return None

    def _without_makers(self, words: NameWords) -> tuple[NameWords, str]:
        """Without the name of a maker of everything, which says nothing of what it is."""
        for brand, start in brands_in(words.flat):
            if brand.kind is None and len(words.flat) > len(brand.words):
                taken = word_places(words, start, len(brand.words))
                return words.split(taken)
        return words, ""

    def _new_kind(self, kind: str) -> Match:
        place = self.families.place(words_of(kind))
        return Match("new" if place is not None else "unplaced", None, titled(kind), place)

    def _perhaps(self, candidates: tuple[Candidate, ...]) -> Match:
        new = self._new(candidates)
        near = self._near(words_of(new.name)) if new.name else None
        if near is not None:
            return replace(self._met(near, "near"), place_id=new.place_id, unit=new.unit)
        return new

    def _near(self, words: tuple[str, ...]) -> int | None:
        """A name that is spelled nearly so, or ends in these words with a strange one before."""
        own = varieties(words)
        found = process.extract(
            key_of(words), self.known.by_key.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=3
        )
        for key, _, _ in found:
            met = self.known.by_key[key]
            if varieties(words_of(self.known.by_id[met].name)) == own:
                return met
        for start in range(1, len(words)):
            ending = self.known.find(words[start:])
            if ending is not None:
                before = words[:start]
                precise = len(words) - start > 1 or not self.known.has_kinds(ending[0])
                near = precise and _is_strange(before) and _is_drink(words[start:])
                return ending[0] if near else None
        for end in range(len(words) - 1, 0, -1):  # `mezcal espadín joven`
            beginning = self.known.find(words[:end])
            if beginning is not None:
                near = _is_strange(words[end:]) and _is_drink(words[:end])
                return beginning[0] if near and not self.known.has_kinds(beginning[0]) else None
        return None

    def _new(self, candidates: tuple[Candidate, ...]) -> Match:
        """A new ingredient: its name without remarks, and where it would hang."""
        with_units = [each for each in candidates if each.unit] or list(candidates)
        found = [self._new_one(each) for each in with_units]
        return next((each for each in found if each.place_id is not None), found[0])

    def _new_one(self, candidate: Candidate) -> Match:
        bare, remarks = without_preparation(NameWords.of(candidate.name))
        bare, maker = self._without_makers(bare)
        plainer = without_flavored(bare) or bare
        changed = bool(remarks or maker or plainer is not bare)
        written = " ".join(plainer.written) if changed else candidate.name
        usual = usual_in_english(plainer.flat)
        place = (
            None if self._is_compound(candidate.name) else self.families.place(plainer.flat, usual)
        )
        note = " ".join(part for part in (candidate.remainder, remarks, maker) if part)
        how: How = "new" if place is not None else "unplaced"
        name = titled(usual or written or candidate.name)
        return Match(how, None, name, place, note, candidate.unit)

    def _is_compound(self, name: str) -> bool:
        """`Gin & ginger ale`: two that are known, and no name of one."""
        parts = [words_of(part) for part in _AND.split(name)]
        return len(parts) > 1 and all(part and self.known.find(part) for part in parts)


def _says_nothing(word: str, kind: tuple[str, ...]) -> bool:
    if word in kind or word in word_set("beside_brands"):
        return True
    years = _YEARS.fullmatch(word)
    return bool(years and int(years[1]) < OVERPROOF)


def _is_flavour(words: tuple[str, ...]) -> bool:
    return all(varieties((word,), "flavour", "colour") for word in words)


def _is_drink(words: tuple[str, ...]) -> bool:
    """Whether words are of a drink that has brands: a strange word before them may be one."""
    return bool(word_set("drinks") & set(words))


def _is_strange(words: tuple[str, ...]) -> bool:
    """Whether words may be a brand or an origin: none of them says another thing."""
    return not varieties(words) and not any(each.isdigit() for word in words for each in word)
