"""Saved web pages that say no recipe as data: what a reader of the page sees."""

import re
from html.parser import HTMLParser

from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.text_and_tables import Blocks, read_blocks
from cocktailspace.importing.rows import Collection, UnreadableError

_PASSED = ("script", "style", "nav", "footer", "aside", "form", "noscript", "svg", "template",
           "select", "button", "title")  # fmt: skip
_PARAGRAPHS = ("p", "div", "section", "article", "blockquote", "dt", "dd", "ul", "ol", "main",
               "header", "figcaption")  # fmt: skip
_BOLD = ("b", "strong")
_IS_BOLD = re.compile(r"font-weight\s?:\s?(?:bold|[6-9]00)")
_HEADING = re.compile(r"h[1-6]")
_SPACE = re.compile(r"\s+")


def read_page_text(text: str, mapped: Mapped, name: str) -> Collection:
    """The recipes of a page's headings, lists and tables; UnreadableError where it has none."""
    page = _Page()
    page.feed(text)
    page.close()
    page.blocks.end_paragraph()
    try:
        return read_blocks(page.blocks.found, "text of a web page", mapped, name)
    except UnreadableError:
        raise UnreadableError(
            "this page has no recipe as data (schema.org JSON-LD or microdata), and none was found "
            "in its text: copy its text and paste what you want, a name above its ingredients"
        ) from None


class _Page(HTMLParser):
    """Finds paragraphs and tables among elements, closed or not."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = Blocks()
        self._passed = ""
        self._spans: list[bool] = []
        """Whether each that is open is in bold."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._passed:
            return
        if tag in _PASSED:
            self._passed = tag
        elif _HEADING.fullmatch(tag):
            self.blocks.begin_paragraph(f"{'#' * int(tag[1])} ")
        elif tag == "li":
            self.blocks.begin_paragraph("- ")
        elif tag in _PARAGRAPHS or tag == "br":
            self.blocks.begin_paragraph()
        elif tag in _BOLD:
            self.blocks.begin_strong()
        elif tag == "span":
            is_bold = any(key == "style" and _IS_BOLD.search(said or "") for key, said in attrs)
            self._spans.append(is_bold)
            self.blocks.begin_strong(is_bold)
        elif tag == "table":
            self.blocks.begin_table()
        elif tag == "tr":
            self.blocks.begin_row()
        elif tag in ("td", "th"):
            self.blocks.begin_cell()

    def handle_endtag(self, tag: str) -> None:
        if tag == self._passed:
            self._passed = ""
        elif self._passed:
            return
        elif tag == "table":
            self.blocks.end_table()
        elif tag in _BOLD:
            self.blocks.end_strong()
        elif tag == "span" and self._spans:
            self.blocks.end_strong(self._spans.pop())
        elif tag in _PARAGRAPHS or tag == "li" or _HEADING.fullmatch(tag):
            self.blocks.end_paragraph(gap=tag in ("p", "ul", "ol"))

    def handle_data(self, data: str) -> None:
        if not self._passed:
            self.blocks.say(_SPACE.sub(" ", data))
