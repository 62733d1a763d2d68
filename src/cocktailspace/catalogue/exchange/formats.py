"""The formats in which a catalogue is taken out, by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from sqlalchemy import Connection

from cocktailspace.catalogue.exchange.export import export_parts
from cocktailspace.catalogue.exchange.readable import csv_parts, json_ld_parts, markdown_parts

ExportFormat = Literal["catalogue/1", "catalogue/2", "csv", "json-ld", "markdown"]


@dataclass(frozen=True, slots=True)
class Output:
    """A format: its file's name and kind, and the text in parts."""

    file_name: str
    media_type: str
    parts: Callable[[Connection], Iterator[str]]


OUTPUTS: dict[ExportFormat, Output] = {
    "catalogue/1": Output(
        "catalogue.json", "application/json", partial(export_parts, version="catalogue/1")
    ),
    "catalogue/2": Output(
        "catalogue.json", "application/json", partial(export_parts, version="catalogue/2")
    ),
    "csv": Output("recipes.csv", "text/csv; charset=utf-8", csv_parts),
    "json-ld": Output("recipes.jsonld", "application/ld+json", json_ld_parts),
    "markdown": Output("recipes.md", "text/markdown; charset=utf-8", markdown_parts),
}
