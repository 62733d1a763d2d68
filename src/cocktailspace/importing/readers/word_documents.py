"""Documents of word processors (DOCX, ODT): text with headings and lists, and tables."""

import zipfile
from collections.abc import Mapping
from xml.parsers import expat

from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.text_and_tables import Blocks, read_blocks
from cocktailspace.importing.rows import Collection, UnreadableError

_PARTS = ("word/document.xml", "content.xml")
_PARAGRAPHS, _ROWS, _CELLS = ("p", "h"), ("tr", "table-row"), ("tc", "table-cell")
_TABLES = ("tbl", "table")
_BREAKS = {"br": "\n", "cr": "\n", "line-break": "\n", "tab": " ", "s": " "}
_PASSED = ("del", "instrText", "note", "annotation", "tracked-changes")
"""What does not stand in the text as it is read: what was deleted, notes, fields."""
_DEEPEST = 5 * BOUNDS.depth
_LONGEST_KIND = 100
"""Bytes of a document's kind: the file that says it may be as large as any other in a zip."""


def text_part(archive: zipfile.ZipFile) -> str | None:
    """The part of a zip that is a document's text; None of what is no document."""
    names = set(archive.namelist())
    if _PARTS[0] in names:
        return _PARTS[0]
    if not {"mimetype", _PARTS[1]} <= names:
        return None
    with archive.open("mimetype") as file:
        return _PARTS[1] if b"opendocument.text" in file.read(_LONGEST_KIND) else None


def read_document(content: bytes, mapped: Mapped, name: str) -> Collection:
    """The recipes of a document's XML. name: of a recipe that it does not name."""
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
    return read_blocks(document.blocks.found, "document", mapped, name)


def _refuse(*_: object) -> None:
    raise UnreadableError("a document with a DOCTYPE is not read: save it as text")


class _Document:
    """Finds paragraphs and tables among elements."""

    def __init__(self) -> None:
        self.blocks = Blocks()
        self._items = self._passed = self._depth = 0

    def start(self, full_name: str, attributes: Mapping[str, str]) -> None:
        name = full_name.rpartition("\n")[2]
        said = {key.rpartition("\n")[2]: value for key, value in attributes.items()}
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableError(f"the document is nested deeper than {_DEEPEST}")
        if name in _PASSED:
            self._passed += 1
        elif name in _TABLES:
            self.blocks.begin_table()
        elif name in _ROWS:
            self.blocks.begin_row()
        elif name in _CELLS:
            self.blocks.begin_cell()
        elif name in _PARAGRAPHS:
            self.blocks.begin_paragraph("# " if name == "h" else "- " if self._items else "")
        elif name == "pStyle" and said.get("val", "").casefold().startswith(("heading", "title")):
            self.blocks.mark_paragraph("# ")
        elif name == "numPr":
            self.blocks.mark_paragraph("- ")
        elif name == "list-item":
            self._items += 1
        elif name in _BREAKS:
            self.blocks.say(_BREAKS[name])

    def end(self, full_name: str) -> None:
        name = full_name.rpartition("\n")[2]
        self._depth -= 1
        if name in _PASSED:
            self._passed -= 1
        elif name in _TABLES:
            self.blocks.end_table()
        elif name == "list-item":
            self._items -= 1
        elif name in _PARAGRAPHS:
            self.blocks.end_paragraph(gap=True)

    def text(self, data: str) -> None:
        if not self._passed:
            self.blocks.say(data)
