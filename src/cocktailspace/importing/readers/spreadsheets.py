"""Spreadsheets (XLSX, XLS, ODS): each sheet is a table, or all are joined by ids."""

import io
from dataclasses import replace

from python_calamine import CalamineError, CalamineWorkbook

from cocktailspace.importing.readers.joined import joined
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.readers.objects import collection_of
from cocktailspace.importing.readers.tables import bounded, collection_of_rows, plain_objects
from cocktailspace.importing.rows import Collection, UnreadableError, combined
from cocktailspace.wording import listed


def read_spreadsheet(body: bytes, mapped: Mapped) -> Collection:
    """The recipes of a spreadsheet's sheets; what is on none of them is said."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableError(f"the spreadsheet cannot be read: {error}") from None
    sheets = {name: list(bounded(rows)) for name, rows in sheets.items()}
    found: list[Collection] = []
    join = joined({name: plain_objects(rows) for name, rows in sheets.items()}, mapped)
    if join is not None:
        both = collection_of(join.document, "spreadsheet, joined by ids", mapped)
        found.append(both)
    passed: dict[str, UnreadableError] = {}
    for name, rows in sheets.items():
        if join is not None and name in join.used:
            continue
        try:
            found.append(collection_of_rows(rows, "spreadsheet", mapped, name))
        except UnreadableError as error:
            passed[name] = error
    if not found:
        failed = sorted(passed.values(), key=lambda error: not error.headers)
        raise next(iter(failed), None) or UnreadableError("the spreadsheet is empty")
    said = [f"sheet {name}" for name in passed if any(map(any, sheets[name]))]
    remarks = list(join.remarks) if join is not None else []
    remarks += [f"passed over, as no recipes were found: {listed(said)}"] if said else []
    both = combined("spreadsheet" if join is None else found[0].format, found)
    return replace(both, remarks=(*both.remarks, *remarks))
