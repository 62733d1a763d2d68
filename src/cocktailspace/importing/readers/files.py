"""A file of any format, known by its content."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from cocktailspace.importing.names import titled
from cocktailspace.importing.readers.archives import (
    GZIP,
    TABLES,
    ZIP,
    document_in,
    gunzipped,
    is_office_file,
    opened_zip,
    read_archive,
)
from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.readers.cooklang import is_cooklang, read_cooklang
from cocktailspace.importing.readers.decoding import decoded
from cocktailspace.importing.readers.documents import read_json, read_xml, read_yaml
from cocktailspace.importing.readers.front_matter import read_markdown
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.markup import as_markdown
from cocktailspace.importing.readers.objects import collection_of
from cocktailspace.importing.readers.page_text import read_page_text
from cocktailspace.importing.readers.pages import read_html
from cocktailspace.importing.readers.spreadsheets import read_spreadsheet
from cocktailspace.importing.readers.tables import delimiter_of, read_csv
from cocktailspace.importing.readers.wikitext import is_wikitext, read_wikitext
from cocktailspace.importing.readers.word_documents import read_document
from cocktailspace.importing.rows import Collection, UnreadableError
from cocktailspace.wording import counted

_LIKELY = {
    ".yml": "yaml",
    ".yaml": "yaml",
    ".md": "prose",
    ".markdown": "prose",
    ".txt": "prose",
    ".org": "prose",
    ".tex": "prose",
    ".csv": "table",
    ".tsv": "table",
}
_SQL = re.compile(
    r"\s*(?:(?:--|/\*)[^\n]*\n\s*){0,50}(?:insert into|create table|begin transaction|pragma "
    r"|drop table)",
    re.IGNORECASE,
)
_STAMPED = re.compile(r"\s*\[\d{1,4}[./-]\d")
"""How a chat begins that is saved as a text."""
_OLE = b"\xd0\xcf\x11\xe0"
_YAML = re.compile(
    r"^(?:---\s*$|%YAML|[\w \"'.-]{1,60}:(?:\s|$)|-\s+[\w \"'.-]{1,60}:(?:\s|$))", re.M
)
_HTML = re.compile(
    r"^\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|script|div|article|meta)\b",
    re.I | re.S,
)
_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"SQLite format 3",
    GZIP,  # within another
    b"Rar!",
    b"7z\xbc\xaf",
    b"{\\rtf",
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")
_SAMPLE, _STRAY = 10_000, 4
"""Characters that are looked at, and control characters that a text may have."""
_CATALOGUE = re.compile(rb'"format"\s*:\s*"catalogue/\d')


def is_catalogue(body: bytes) -> bool:
    """Whether a file is an export of this program's own, which is taken as it is."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and bool(
        _CATALOGUE.search(body[:4_096]) or _CATALOGUE.search(body[-4_096:])
    )


def read_file(name: str, body: bytes, mapped: Mapped | None = None) -> Collection:
    """What a file says; UnreadableError where it says no recipes, with what to do."""
    mapped = mapped or Mapped()
    if len(body) > BOUNDS.file_bytes:
        size = BOUNDS.file_bytes // 2**20
        raise UnreadableError(f"the file has more than {size} MB: split it")
    if not body.strip():
        raise UnreadableError("the file is empty")
    if body.startswith(GZIP):
        name, body = name.removesuffix(".gz"), gunzipped(body)
    if body.startswith(_OLE):
        return _checked(read_spreadsheet(body, mapped))
    if body.startswith(ZIP):
        return _checked(_read_zip(name, body, mapped))
    text, remark = decoded(body)
    if body.startswith(_BINARY) or _is_binary(text):
        raise UnreadableError(
            "the file is a picture, a document or an archive that is not read: export it as CSV, "
            "JSON or text"
        )
    found = _checked(_read_text(name, text, mapped))
    return replace(found, remarks=(*found.remarks, remark)) if remark else found


def _is_binary(text: str) -> bool:
    """Whether what was decoded had been no text at all."""
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) > max(_STRAY, len(sample) // 100)


def _read_zip(name: str, body: bytes, mapped: Mapped) -> Collection:
    """What an archive says; documents and spreadsheets are zips, too."""
    with opened_zip(body) as archive:
        document = document_in(archive)
        if document is None and not is_office_file(archive):
            return read_archive(archive, mapped, _read_text)
    if document is None:
        return read_spreadsheet(body, mapped)
    return read_document(document, mapped, _name_of(PurePosixPath(name)))


def _checked(found: Collection) -> Collection:
    """What was found, without recipes that have no name; UnreadableError for too many."""
    if len(found.recipes) > BOUNDS.recipes:
        raise UnreadableError(
            f"{len(found.recipes):,} recipes are too many in one file; at most {BOUNDS.recipes:,}"
        )
    named = tuple(recipe for recipe in found.recipes if recipe.name)
    lost = len(found.recipes) - len(named)
    if not lost:
        return found
    remark = f"passed over: {counted(lost, 'recipe')} without a name"
    return replace(found, recipes=named, remarks=(*found.remarks, remark))


def _read_text(name: str, text: str, mapped: Mapped) -> Collection:
    start = text.lstrip("\ufeff \t\r\n")[:1]
    path = PurePosixPath(name)
    if _SQL.match(text):
        raise UnreadableError(
            "this is a dump of a database (SQL): export its tables as CSV and bring them in as one "
            "zip; recipes, lines and ingredients are joined by their ids"
        )
    if is_wikitext(text):
        return read_wikitext(text, mapped, _name_of(path))
    if start in ("{", "["):
        return _read_objects(text, mapped, path, start)
    if start == "<":
        if _HTML.match(text) or "application/ld+json" in text:
            return _read_page(text, mapped, path)
        return collection_of(read_xml(text), "XML", mapped)
    if path.suffix.casefold() == ".cook" or is_cooklang(text):
        return read_cooklang(text, mapped, _name_of(path))
    return _first_that_reads(text, mapped, path)


def _read_page(text: str, mapped: Mapped, path: PurePosixPath) -> Collection:
    """What a page says as data; where it says no recipe so, what stands in it."""
    failed: UnreadableError | None = None
    if data := read_html(text):
        try:
            return collection_of(data, "in a web page", mapped)
        except UnreadableError as error:
            failed = error
    try:
        return read_page_text(text, mapped, _name_of(path))
    except UnreadableError as error:
        raise failed or error from None


def _read_objects(text: str, mapped: Mapped, path: PurePosixPath, start: str) -> Collection:
    try:
        return collection_of(read_json(text), "JSON", mapped)
    except UnreadableError:
        is_list = start == "[" and path.suffix.casefold() in (".md", ".txt", ".yml", ".yaml")
        if is_list or _STAMPED.match(text):
            return _first_that_reads(text, mapped, path)
        raise


def _name_of(path: PurePosixPath) -> str:
    """What a recipe is called that a file says without its name."""
    return titled(re.sub(r"[-_\s]+", " ", path.stem))


def _first_that_reads(text: str, mapped: Mapped, path: PurePosixPath) -> Collection:
    """Tables, YAML and prose look alike: whichever finds recipes, the likeliest first."""
    text = as_markdown(text, path.suffix.casefold())
    readers: dict[str, Callable[[], Collection]] = {}
    ending = path.suffix.casefold()
    delimiter = delimiter_of(text)
    if delimiter or ending in TABLES:
        readers["table"] = lambda: read_csv(text, mapped, _name_of(path))
    if _YAML.search(text[:5_000]):
        readers["yaml"] = lambda: collection_of(read_yaml(text), "YAML", mapped)
    readers["prose"] = lambda: read_markdown(text, mapped)
    likely = _LIKELY.get(ending)
    if ending == ".txt" and delimiter in ("\t", ";"):  # as spreadsheets save a text
        likely = "text of a table"
    order = sorted(readers, key=lambda each: each != likely)  # else in the order from above
    if likely in ("table", "yaml"):  # which are not read as texts
        order = order[:1]
    elif likely:  # a note that is called as its drink is
        readers["named prose"] = lambda: read_markdown(text, mapped, _name_of(path))
        order.append("named prose")
    failed: UnreadableError | None = None
    for each in order:
        try:
            return readers[each]()
        except UnreadableError as error:
            failed = failed or error
    raise failed or UnreadableError("the file has no recipes")
