"""Cooklang: a text that marks what is taken: `Shake @gin{60%ml} in a #shaker{}`."""

import re
from collections.abc import Mapping
from typing import Any

from cocktailspace.importing.readers.fields import recipe_of
from cocktailspace.importing.readers.front_matter import parted_front_matter
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.values import as_list
from cocktailspace.importing.rows import Collection, UnreadableError

_NAME = r"[^\W_][\w '’.,:&|/-]{0,79}?"
_WORD = r"[^\W_]+(?:[-'’][^\W_]+)*"
_MARK = re.compile(
    rf"(?<!\w)(?P<sign>[@#~])(?P<modifier>[&?+-]*)(?:(?P<name>{_NAME}(?<!\s))?\{{(?P<amount>[^{{}}\n]{{0,80}})\}}"
    rf"|(?P<word>{_WORD}))(?:\((?P<note>[^()\n]{{0,200}})\))?"
)
_MARKED = re.compile(rf"@[&?+-]*{_NAME}(?<!\s)\{{[^{{}}\n]{{0,80}}\}}")
_METADATA = re.compile(r"^>>[ \t]*([^:\n]{1,60}):[ \t]*(.*)$", re.MULTILINE)
_REMARK = re.compile(r"\[-[^\[\]]{0,5000}?-\]")
_REMARK_AT_END = re.compile(r"(?:^|(?<=\s))--(?=\s)[^\n]*", re.MULTILINE)
_SECTION = re.compile(r"^=+\s*(.*?)\s*=*$")


def is_cooklang(text: str) -> bool:
    """Whether a text marks ingredients: `@gin{60%ml}`."""
    return _MARKED.search(text) is not None


def read_cooklang(text: str, mapped: Mapped, name: str) -> Collection:
    """The recipe of a text in Cooklang. name: the file's, where the text says none."""
    fields, body = parted_front_matter(text)
    said: dict[str, Any] = dict(fields or {})
    said |= {key.strip(): value.strip() for key, value in _METADATA.findall(body)}
    body = _REMARK_AT_END.sub("", _REMARK.sub("", _METADATA.sub("", body)))
    lines: list[Mapping[str, Any]] = []

    def spoken(mark: re.Match[str]) -> str:
        called, _, shown = (mark["name"] or mark["word"] or "").strip().partition("|")
        amount = " ".join((mark["amount"] or "").strip().lstrip("=").replace("%", " ").split())
        if mark["sign"] == "@":
            line = {"ingredient": called, "measure": amount, "note": mark["note"] or ""}
            line["optional"] = "yes" if "?" in mark["modifier"] else ""
            if "&" not in mark["modifier"]:  # else it is what was added before
                lines.append(line)
        return shown or called if mark["sign"] != "~" else amount or called

    steps, notes = [], []
    for paragraph in re.split(r"\n\s*\n", body):
        rows = [row.strip() for row in paragraph.splitlines() if row.strip()]
        step = []
        for row in rows:
            if row.startswith(">"):
                notes.append(row.lstrip("> "))
            elif section := _SECTION.match(row) if row.startswith("=") else None:
                step += [f"{section[1]}:"] if section[1] else []
            else:
                step.append(_MARK.sub(spoken, row))
        if step:
            steps.append(" ".join(" ".join(step).split()))
    if not lines:
        raise UnreadableError(
            "this text in Cooklang has no ingredients: they are marked as in `@gin{60%ml}`"
        )
    said["ingredients"] = [*as_list(said.get("ingredients") or []), *lines]
    for key, texts in (("instructions", steps), ("notes", notes)):
        above = [str(said[key])] if said.get(key) else []
        said[key] = "\n".join([*above, *texts])
    return Collection("Cooklang", recipes=(recipe_of(said, mapped, "line 1", name),))
