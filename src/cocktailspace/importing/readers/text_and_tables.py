"""Documents and pages: their paragraphs are a text, their tables are tables."""

from collections.abc import Sequence

from cocktailspace.importing.readers.front_matter import read_markdown
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.tables import bounded, collection_of_rows
from cocktailspace.importing.rows import Collection, UnreadableError, combined

Block = str | list[list[str]]
"""A paragraph as Markdown, or the rows of a table."""


def read_blocks(blocks: Sequence[Block], what: str, mapped: Mapped, name: str) -> Collection:
    """The recipes of tables, and those of the text around them.

    what: that has the blocks, in words. name: of a recipe that the text does not name.
    """
    found: list[Collection] = []
    texts: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            texts.append(block)
            continue
        try:
            found.append(collection_of_rows(list(bounded(block)), what, mapped))
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
    return combined(what, found)


class Blocks:
    """Gathers blocks as they are met; a table within another is of its cell."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self._said: list[str] = []
        self._mark = ""
        self._tables = 0
        self._strong = 0
        self._is_strong = True

    def begin_paragraph(self, mark: str = "") -> None:
        """What is said from now on is one. mark: `# ` of a heading, `- ` of an item of a list."""
        self.end_paragraph()
        self._mark = mark

    def mark_paragraph(self, mark: str) -> None:
        """Say of a paragraph that has begun what it is."""
        self._mark = self._mark or mark

    def end_paragraph(self, *, gap: bool = False) -> None:
        """The paragraph is over. gap: an empty one is one, too."""
        text = "".join(self._said).strip()
        if text and self._is_strong and not self._mark:
            text = f"**{text.strip('* ')}**"  # all of it
        self._said = []
        self._is_strong = True
        table = self.found[-1] if self._tables else None
        if not isinstance(table, list):
            self.found += [f"{self._mark}{text}"] if text else [""] if gap else []
        elif text and table and table[-1]:
            table[-1][-1] = f"{table[-1][-1]}\n{text}".strip()
        self._mark = ""

    def begin_table(self) -> None:
        """A table comes."""
        self.end_paragraph()
        self._tables += 1
        if self._tables == 1:
            self.found.append([])

    def begin_row(self) -> None:
        """A row of it comes."""
        self.end_paragraph()
        if self._tables == 1 and isinstance(table := self.found[-1], list):
            table.append([])

    def begin_cell(self) -> None:
        """A cell of the row comes."""
        self.end_paragraph()
        if self._tables == 1 and isinstance(table := self.found[-1], list):
            if not table:
                table.append([])
            table[-1].append("")

    def end_table(self) -> None:
        """The table is over."""
        self.end_paragraph()
        self._tables = max(0, self._tables - 1)

    def begin_strong(self, is_bold: bool = True) -> None:
        """What is said from now on is in bold, if so."""
        self._strong += is_bold

    def end_strong(self, was_bold: bool = True) -> None:
        """It is not any more."""
        self._strong = max(0, self._strong - was_bold)

    def say(self, text: str) -> None:
        """Take a piece of text."""
        if text.strip():
            self._is_strong = self._is_strong and self._strong > 0
        self._said.append(text)
