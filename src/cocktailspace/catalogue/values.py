"""The kinds of value that a catalogue holds, with their bounds."""

import json
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints
from pydantic_core import PydanticCustomError

MAX_ID = 2**63 - 1
MAX_QUANTITY = 1e6
MOST_WORDS = 50
"""So many tags, aliases and the like one row has at most."""

_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_UNSEEN = re.compile(
    "[\u115f\u1160\u2800\u3164\uffa0\U0001d159\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""Letters and symbols that are drawn as nothing (fillers), and what is no character."""
UNSEEN = "unseen"
"""Type of the error about names that nobody can see. Earlier versions took them."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EXTRA_CHARACTERS = 50_000
_EXTRA_LEVELS = 20


@dataclass(frozen=True, slots=True)
class Reference:
    """Marks an id of a row of that table; files say its name instead."""

    table: str


def _with_example(schema: dict[str, Any]) -> None:
    """Give a schema an example, made of its fields' examples, where every required one has one."""
    fields = schema.get("properties", {}).items()
    example = {name: field["examples"][0] for name, field in fields if "examples" in field}
    if example and example.keys() >= set(schema.get("required", ())):
        schema["examples"] = [example]


class Draft(BaseModel):
    """Base of what users send: unknown fields are refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_with_example)


def _clean_name(text: str) -> str:
    name = re.sub(" +", " ", unicodedata.normalize("NFC", text)).strip()
    if not name:
        raise ValueError("must not be empty")
    if any(unicodedata.category(each) in _INVISIBLE for each in name):
        raise ValueError("must not contain control characters or line breaks")
    if found := _UNSEEN.search(name):
        code = f"U+{ord(found[0]):04X}"
        raise PydanticCustomError(
            UNSEEN, "must not contain {code}, which nobody sees", {"code": code}
        )
    if all(unicodedata.category(each)[0] in "MZ" for each in name):  # marks with nothing to mark
        raise PydanticCustomError(UNSEEN, "must contain something that can be seen")
    return name


def _clean_text(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()


def _different(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without repetitions, which say nothing; the first spelling stays."""
    return tuple({word.casefold(): word for word in reversed(words)}.values())[::-1]


def _lower(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def _bounded(extra: dict[str, Any]) -> dict[str, Any]:
    """Refuses what would be too much to keep beside a row, or is not JSON everywhere."""
    levels = 0
    here: list[Any] = [extra]
    while here:
        levels += 1
        if levels > _EXTRA_LEVELS:
            raise ValueError(f"must not be nested deeper than {_EXTRA_LEVELS} levels")
        values = [v for each in here for v in (each.values() if isinstance(each, dict) else each)]
        if any(isinstance(v, float) and not math.isfinite(v) for v in values):
            raise ValueError("must not contain infinite numbers")
        here = [v for v in values if isinstance(v, dict | list)]
    text = json.dumps(extra, ensure_ascii=False)
    if len(text) > _EXTRA_CHARACTERS:
        raise ValueError(f"must not be longer than {_EXTRA_CHARACTERS:,} characters")
    if "\\u0000" in text or any(unicodedata.category(each) == "Cs" for each in text):
        raise ValueError("must not contain characters that are none")
    return extra


Id = Annotated[int, Field(strict=True, ge=1, le=MAX_ID)]
AddressId = Annotated[int, Field(ge=1, le=MAX_ID)]
"""An id as an address has it, where all is text."""
IngredientId = Annotated[int, Field(strict=True, ge=1, le=MAX_ID), Reference("ingredients")]
UnitId = Annotated[int, Field(strict=True, ge=1, le=MAX_ID), Reference("units")]
Uid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, StringConstraints(max_length=200), AfterValidator(_clean_name)]
Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_clean_text)]
Url = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^https?://[^\s\"'<>\\]+$")]
Quantity = Annotated[float, Field(strict=True, ge=0, le=MAX_QUANTITY, allow_inf_nan=False)]
Percent = Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)]
Coefficient = Annotated[float, Field(strict=True, ge=-100, le=100, allow_inf_nan=False)]
Servings = Annotated[int, Field(strict=True, ge=1, le=1_000)]
Words = Annotated[tuple[Name, ...], Field(max_length=MOST_WORDS), AfterValidator(_different)]
LowerWords = Annotated[Words, AfterValidator(_lower), AfterValidator(_different)]
Extra = Annotated[dict[str, JsonValue], AfterValidator(_bounded)]
