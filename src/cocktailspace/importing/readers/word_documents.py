"""Documents of word processors (DOCX, ODT): text with headings and lists, and tables."""

import zipfile
from collections.abc import Mapping
from xml.parsers import expat

from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.readers.front_matter import read_markdown
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.tables import bounded, collection_of_rows
from cocktailspace.importing.rows import Collection, UnreadableError

_PARTS = ("word/document.xml", "content.xml")
_PARAGRAPHS, _ROWS, _CELLS = ("p", "h"), ("tr", "table-row"), ("tc", "table-cell")
_TABLES = ("tbl", "table")
_BREAKS = {"br": "\n", "cr": "\n", "line-break": "\n", "tab": " ", "s": " "}
_PASSED = ("del", "instrText", "note", "annotation", "tracked-changes")
"""What does not stand in the text as it is read: what was deleted, notes, fields."""


def text_part(archive: zipfile.ZipFile) -> str | None:
    """The part of a zip that is a document's text; None of what is no document."""
    names = set(archive.namelist())
    if _PARTS[0] in names:
        return _PARTS[0]
    kind = archive.read("mimetype") if {"mimetype", _PARTS[1]} <= names else b""
    return _PARTS[1] if b"opendocument.text" in kind else None


def read_document(content: bytes, mapped: Mapped, name: str) -> Collection:
    """The recipes of a document's XML: those of its tables, and those of its text.

    name: of a recipe that the text does not name.
    """
    document = _parsed(content)
    found: list[Collection] = []
    texts: list[str] = []
    for block in document.blocks:
        if isinstance(block, str):
            texts.append(block)
            continue
        try:
            found.append(collection_of_rows(list(bounded(block)), "document", mapped))
        except UnreadableError:  # of one recipe's lines, or for looks: it is read with the text
            texts += [" ".join(" ".join(row).split()) for row in block]
    text = "\n".join(texts)
    for called in ("",) if found else ("", name):
        try:
            found.append(read_markdown(text, mapped, called))
            break
        except UnreadableError:
            if called and not found:
                raise
    return Collection(
        "document",
        recipes=tuple(recipe for each in found for recipe in each.recipes),
        columns=tuple(column for each in found for column in each.columns),
        remarks=tuple(remark for each in found for remark in each.remarks),
    )


def _parsed(content: bytes) -> "_Document":
    document = _Document()
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = document.start
    parser.EndElementHandler = document.end
    parser.CharacterDataHandler = document.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableError(f"the document is damaged: {error}") from None
    return document


def _refuse(*_: object) -> None:
    raise UnreadableError("a document with a DOCTYPE is not read: save it as text")


class _Document:
    """Gathers paragraphs, as Markdown, and tables; one within another is of its cell."""

    def __init__(self) -> None:
        self.blocks: list[str | list[list[str]]] = []
        self._said: list[str] = []
        self._mark = ""
        self._tables = self._items = self._passed = self._depth = 0

    def start(self, full_name: str, attributes: Mapping[str, str]) -> None:
        name = full_name.rpartition("\n")[2]
        said = {key.rpartition("\n")[2]: value for key, value in attributes.items()}
        self._depth += 1
        if self._depth > 5 * BOUNDS.depth:
            raise UnreadableError(f"the document is nested deeper than {5 * BOUNDS.depth}")
        if name in _PASSED:
            self._passed += 1
        elif name in _TABLES:
            self._tables += 1
            if self._tables == 1:
                self.blocks.append([])
        elif name in _PARAGRAPHS:
            self._said = []
            self._mark = "# " if name == "h" else "- " if self._items else ""
        elif name == "pStyle" and said.get("val", "").casefold().startswith(("heading", "title")):
            self._mark = "# "
        elif name == "numPr" and not self._mark:
            self._mark = "- "
        elif name == "list-item":
            self._items += 1
        elif self._tables == 1 and name in (*_ROWS, *_CELLS):
            table = self.blocks[-1]
            if isinstance(table, list):
                self._begin(table, is_row=name in _ROWS)
        elif name in _BREAKS:
            self._said.append(_BREAKS[name])

    @staticmethod
    def _begin(table: list[list[str]], *, is_row: bool) -> None:
        if is_row or not table:
            table.append([])
        if not is_row:
            table[-1].append("")

    def end(self, full_name: str) -> None:
        name = full_name.rpartition("\n")[2]
        self._depth -= 1
        if name in _PASSED:
            self._passed -= 1
        elif name in _TABLES:
            self._tables -= 1
        elif name == "list-item":
            self._items -= 1
        elif name in _PARAGRAPHS:
            text = "".join(self._said).strip()
            self._said = []
            table = self.blocks[-1] if self._tables else None
            if not isinstance(table, list):
                self.blocks.append(f"{self._mark}{text}" if text else "")
            elif table and table[-1]:
                table[-1][-1] = f"{table[-1][-1]}\n{text}".strip()

    def text(self, data: str) -> None:
        if not self._passed:
            self._said.append(data)
