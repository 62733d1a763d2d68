"""A file of any format, known by its content."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.readers.decoding import decoded
from cocktailspace.importing.readers.documents import read_html, read_json, read_xml, read_yaml
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.objects import collection_of
from cocktailspace.importing.readers.prose import read_text
from cocktailspace.importing.readers.tables import delimiter_of, read_csv, read_spreadsheet
from cocktailspace.importing.rows import Collection, IngredientRow, UnreadableError
from cocktailspace.wording import counted

_TABLES = (".csv", ".tsv")
_BROKEN = (
    zipfile.BadZipFile,
    IndexError,  # of a directory that ends too early
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
)
"""What a reader makes of an archive that is damaged or locked."""
_LIKELY = {
    ".yml": "yaml",
    ".yaml": "yaml",
    ".md": "prose",
    ".txt": "prose",
    ".csv": "table",
    ".tsv": "table",
}
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
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
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
)
_READ_IN_ARCHIVES = (
    ".json",
    ".yml",
    ".yaml",
    ".csv",
    ".tsv",
    ".txt",
    ".md",
    ".xml",
    ".html",
    ".htm",
)


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
    if body.startswith(_ZIP):
        return _read_zip(body, mapped)
    if body.startswith(_OLE):
        return _bounded(read_spreadsheet(body, mapped))
    if body.startswith(_BINARY):
        raise UnreadableError(
            "the file is a picture, a document or an archive that is not read: export it as CSV, "
            "JSON or text"
        )
    text, remark = decoded(body)
    found = _bounded(_read_text(name, text, mapped))
    return replace(found, remarks=(*found.remarks, remark)) if remark else found


def _bounded(found: Collection) -> Collection:
    if len(found.recipes) > BOUNDS.recipes:
        raise UnreadableError(
            f"{len(found.recipes):,} recipes are too many in one file; at most {BOUNDS.recipes:,}"
        )
    return found


def _read_text(name: str, text: str, mapped: Mapped) -> Collection:
    start = text.lstrip("\ufeff \t\r\n")[:1]
    ending = PurePosixPath(name).suffix.casefold()
    if start in ("{", "["):
        try:
            return collection_of(read_json(text), "JSON", mapped)
        except UnreadableError:
            if start == "[" and ending in (".md", ".txt", ".yml", ".yaml"):
                return _first_that_reads(text, mapped, ending)
            raise
    if start == "<":
        if _HTML.match(text) or "application/ld+json" in text:
            return collection_of(read_html(text), "in a web page", mapped)
        return collection_of(read_xml(text), "XML", mapped)
    return _first_that_reads(text, mapped, ending)


def _first_that_reads(text: str, mapped: Mapped, ending: str) -> Collection:
    """Tables, YAML and prose look alike: whichever finds recipes, the likeliest first."""
    readers: dict[str, Callable[[], Collection]] = {}
    if delimiter_of(text) or ending in _TABLES:
        readers["table"] = lambda: read_csv(text, mapped)
    if _YAML.search(text[:5_000]):
        readers["yaml"] = lambda: collection_of(read_yaml(text), "YAML", mapped)
    readers["prose"] = lambda: read_text(text)
    likely = _LIKELY.get(ending)
    order = sorted(readers, key=lambda each: each != likely)
    if likely in ("table", "yaml"):  # which are not read as texts
        order = order[:1]
    failed: UnreadableError | None = None
    for each in order:
        try:
            return readers[each]()
        except UnreadableError as error:
            failed = failed or error
    raise failed or UnreadableError("the file has no recipes")


def _read_zip(body: bytes, mapped: Mapped) -> Collection:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            _refuse_excess(entries)
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" in names or "mimetype" in names:
                return _bounded(read_spreadsheet(body, mapped))
            return _bounded(_read_pack(archive, entries, mapped))
    except UnreadableError:
        raise
    except _BROKEN as error:
        raise UnreadableError(f"the archive cannot be read: {error}") from None


def _refuse_excess(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > BOUNDS.entries:
        raise UnreadableError(f"the archive has more than {BOUNDS.entries:,} files")
    if sum(entry.file_size for entry in entries) > BOUNDS.expanded_bytes:
        size = BOUNDS.expanded_bytes // 2**20
        raise UnreadableError(f"the archive holds more than {size} MB: split it")


def _read_pack(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], mapped: Mapped
) -> Collection:
    """A data pack, or any archive of files that can be read: nothing is written anywhere."""
    objects: dict[str, list[Any]] = {}
    others: list[Collection] = []
    passed, left = 0, BOUNDS.expanded_bytes
    for entry in sorted(entries, key=lambda each: each.filename):
        path = PurePosixPath(entry.filename)
        if entry.is_dir() or path.suffix.casefold() not in _READ_IN_ARCHIVES:
            passed += not entry.is_dir()
            continue
        content = _content(archive, entry, left)
        left -= len(content)
        text, _ = decoded(content)
        if path.suffix.casefold() in (".json", ".yml", ".yaml"):
            read = read_json if path.suffix.casefold() == ".json" else read_yaml
            folder = next(
                (part for part in path.parts[:-1] if part in ("cocktails", "ingredients")), ""
            )
            objects.setdefault(folder, []).append(read(text))
        else:
            try:
                others.append(_read_text(entry.filename, text, mapped))
            except UnreadableError:
                passed += 1
    return _of_pack(objects, others, passed, mapped)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    with archive.open(entry) as file:
        content = file.read(left + 1)  # what the archive says of its size may be a lie
    if len(content) > left:
        raise UnreadableError(f"the archive holds more than {BOUNDS.expanded_bytes // 2**20} MB")
    return content


def _of_pack(
    objects: dict[str, list[Any]], others: list[Collection], passed: int, mapped: Mapped
) -> Collection:
    recipes = objects.get("cocktails", []) or list(objects.get("", []))
    found = list(others)
    if recipes:
        flat = [each for item in recipes for each in (item if isinstance(item, list) else [item])]
        document = {"cocktails": flat, "ingredients": objects.get("ingredients", [])}
        if "cocktails" in objects:
            found.insert(0, collection_of(document, "data pack", mapped))
        else:
            found += [collection_of(each, "JSON", mapped) for each in recipes]
    if not found:
        raise UnreadableError("the archive has no files with recipes")
    remarks = (f"passed over: {counted(passed, 'file')} of the archive",) if passed else ()
    ingredients: dict[str, IngredientRow] = {
        row.name.casefold(): row for each in found for row in each.ingredients
    }
    return Collection(
        "data pack (zip)" if "cocktails" in objects else "archive",
        recipes=tuple(recipe for each in found for recipe in each.recipes),
        ingredients=tuple(ingredients.values()),
        columns=tuple(dict.fromkeys(column for each in found for column in each.columns)),
        remarks=remarks,
    )
