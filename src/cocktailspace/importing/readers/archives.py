"""Archives: a data pack, an app's export, a folder of notes. All is read in memory."""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from cocktailspace.importing.readers.bounds import BOUNDS
from cocktailspace.importing.readers.decoding import decoded
from cocktailspace.importing.readers.documents import read_json, read_yaml
from cocktailspace.importing.readers.joined import joined
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.objects import collection_of
from cocktailspace.importing.readers.tables import csv_objects
from cocktailspace.importing.readers.values import as_list
from cocktailspace.importing.readers.word_documents import text_part
from cocktailspace.importing.rows import Collection, UnreadableError, combined
from cocktailspace.wording import counted, listed

ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
ReadText = Callable[[str, str, Mapped], Collection]
_OBJECTS = {
    ".json": read_json,
    ".yml": read_yaml,
    ".yaml": read_yaml,
    ".paprikarecipe": read_json,
    ".melarecipe": read_json,
}
_TEXTS = (".csv", ".tsv", ".txt", ".md", ".markdown", ".xml", ".html", ".htm", ".jsonld", ".cook",
          ".org", ".tex", ".enex")  # fmt: skip
TABLES = (".csv", ".tsv")
_FOLDERS = ("cocktails", "ingredients")
"""Of a data pack: what is in them is told by their names."""
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


def gunzipped(body: bytes, most: int | None = None) -> bytes:
    """What is packed with gzip; UnreadableError where that is damaged or more than so many bytes.

    most: what is left of a larger whole; else what any archive may hold.
    """
    most = BOUNDS.expanded_bytes if most is None else most
    unpack = zlib.decompressobj(wbits=31)
    try:
        content = unpack.decompress(body, most + 1)
    except zlib.error as error:
        raise UnreadableError(f"the packed file cannot be read: {error}") from None
    if len(content) > most:
        raise _too_large()
    return content


@contextmanager
def opened_zip(body: bytes) -> Iterator[zipfile.ZipFile]:
    """A zip to read from; UnreadableError where it is damaged, locked or holds too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _refuse_excess(archive.infolist(), _Room())
            yield archive
    except UnreadableError:
        raise
    except _BROKEN as error:
        raise UnreadableError(f"the archive cannot be read: {error}") from None


def is_office_file(archive: zipfile.ZipFile) -> bool:
    """Whether a zip is a document or a spreadsheet."""
    return not {"[Content_Types].xml", "mimetype"}.isdisjoint(archive.namelist())


def document_in(archive: zipfile.ZipFile) -> bytes | None:
    """The XML of a word processor's document; None where a zip is none."""
    part = text_part(archive)
    if part is None:
        return None
    with archive.open(part) as file:
        return _Room().take(file.read(BOUNDS.expanded_bytes + 1))


def read_archive(archive: zipfile.ZipFile, mapped: Mapped, read_text: ReadText) -> Collection:
    """What the files of a zip say; UnreadableError where none of them has recipes.

    read_text: reads a text of any format, by the name of its file.
    """
    pack = _Pack(mapped, read_text)
    for path, content in _files(archive, _Room()):
        pack.add(path, content)
    return pack.collection()


@dataclass(slots=True)
class _Room:
    """What an archive, archives in it included, may still hold."""

    size: int = field(default_factory=lambda: BOUNDS.expanded_bytes)
    files: int = field(default_factory=lambda: BOUNDS.archive_files)

    def take(self, content: bytes) -> bytes:
        self.size -= len(content)
        if self.size < 0:
            raise _too_large()
        return content


def _too_large() -> UnreadableError:
    size = BOUNDS.expanded_bytes // 2**20
    return UnreadableError(f"the archive holds more than {size} MB: split it")


def _files(
    archive: zipfile.ZipFile, room: _Room, *, within: bool = False
) -> Iterator[tuple[str, bytes]]:
    """The files of a zip, those of zips in it included, in the order of their names."""
    members = [each for each in archive.infolist() if not each.is_dir()]
    _refuse_excess(members, room)
    for member in sorted(members, key=lambda each: each.filename):
        with archive.open(member) as file:
            # What the archive says of a size may be a lie.
            content = room.take(file.read(room.size + 1)) if _is_read(member) else b""
        if content.startswith(ZIP) and not within:
            with zipfile.ZipFile(io.BytesIO(content)) as inner:
                yield from _files(inner, room, within=True)
        elif content.startswith(GZIP):
            yield member.filename, room.take(gunzipped(content, room.size))
        else:
            yield member.filename, content


def _refuse_excess(members: list[zipfile.ZipInfo], room: _Room) -> None:
    room.files -= len(members)
    if room.files < 0:
        raise UnreadableError(f"the archive has more than {BOUNDS.archive_files:,} files")
    if sum(member.file_size for member in members) > room.size:
        raise _too_large()


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.casefold()


def _is_read(member: zipfile.ZipInfo) -> bool:
    return _suffix(member.filename) in (*_OBJECTS, *_TEXTS, ".zip")


@dataclass(slots=True)
class _Pack:
    """The files of an archive as far as they have been read."""

    mapped: Mapped
    read_text: ReadText
    objects: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)
    """By the folder of a data pack: name and content."""
    texts: list[Collection] = field(default_factory=list)
    pages: dict[str, Collection] = field(default_factory=dict)
    """What texts say, by the names of their files."""
    tables: dict[str, str] = field(default_factory=dict)
    others: int = 0
    """Files of kinds that are not read, such as pictures."""
    failed: list[str] = field(default_factory=list)

    def add(self, name: str, content: bytes) -> None:
        """Read a file; one that is damaged or has no recipes is passed over, and said."""
        suffix = _suffix(name)
        if suffix not in (*_OBJECTS, *_TEXTS):
            self.others += 1
            return
        text, _ = decoded(content)
        try:
            if suffix in _OBJECTS:
                parts = PurePosixPath(name).parts[:-1]
                folder = next((part for part in parts if part in _FOLDERS), "")
                self.objects.setdefault(folder, []).append((name, _OBJECTS[suffix](text)))
            elif suffix in TABLES:
                self.tables[name] = text  # perhaps of several that belong together
            else:
                self.pages[name] = self.read_text(name, text, self.mapped)
        except UnreadableError as error:
            self._fail(name, error)

    def _fail(self, name: str, error: UnreadableError) -> None:
        self.failed.append(f"{name} ({str(error).partition(':')[0]})")

    def collection(self) -> Collection:
        """All that the files say."""
        self.texts += self._of_tables()
        is_pack = "cocktails" in self.objects
        objects = self._of_data_pack() if is_pack else list(self._each())
        found = [*objects, *self.pages.values(), *self.texts]
        if not found:
            why = f": {self.failed[0]}" if self.failed else ""
            raise UnreadableError(f"the archive has no files with recipes{why}")
        ingredients = {row.name.casefold(): row for each in found for row in each.ingredients}
        remarks = [f"passed over: {counted(self.others, 'file')} of the archive"][: self.others]
        if self.failed:
            remarks.append(f"passed over: {listed(self.failed)}")
        both = combined("data pack (zip)" if is_pack else "archive", found)
        remarks = list(dict.fromkeys((*remarks, *both.remarks)))
        return replace(both, ingredients=tuple(ingredients.values()), remarks=tuple(remarks))

    def _of_tables(self) -> Iterator[Collection]:
        """What tables say together that are joined by ids, and each of the others alone."""
        documents = {
            name: each
            for name, each in self.objects.get("", [])
            if isinstance(each, list) and each and all(isinstance(row, dict) for row in each)
        }
        rows = {name: csv_objects(text) for name, text in self.tables.items()} | documents
        by_stem = {PurePosixPath(name).stem: name for name in rows}
        join = joined({stem: rows[name] for stem, name in by_stem.items()}, self.mapped)
        used = {by_stem[stem] for stem in join.used} if join is not None else set()
        if join is not None:
            found = collection_of(join.document, "tables joined by ids", self.mapped)
            yield replace(found, remarks=(*found.remarks, *join.remarks))
            others = [each for each in self.objects.get("", []) if each[0] not in used]
            self.objects[""] = others
        for name, text in self.tables.items():
            if name not in used:
                try:
                    yield self.read_text(name, text, self.mapped)
                except UnreadableError as error:
                    self._fail(name, error)

    def _of_data_pack(self) -> list[Collection]:
        contents = {
            folder: [one for _, each in files for one in as_list(each)]
            for folder, files in self.objects.items()
        }
        return [collection_of({name: contents.get(name, []) for name in _FOLDERS}, "data pack",
                              self.mapped)]  # fmt: skip

    def _each(self) -> Iterator[Collection]:
        for name, document in self.objects.get("", []):
            try:
                yield collection_of(document, "JSON", self.mapped)
            except UnreadableError as error:
                self._fail(name, error)
                continue
            page = str(PurePosixPath(name).with_suffix(".html"))
            if self.pages.pop(page, None) is not None:
                self.failed.append(f"{page} (it says what the file beside it says)")
