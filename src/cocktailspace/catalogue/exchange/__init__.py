"""Import and export of whole catalogues as JSON keyed by names: `catalogue/1`, `catalogue/2`."""

from cocktailspace.catalogue.exchange.export import export_parts, export_text, left_out_of_1
from cocktailspace.catalogue.exchange.file import CatalogueFile, Format, parse_file
from cocktailspace.catalogue.exchange.formats import OUTPUTS, ExportFormat
from cocktailspace.catalogue.exchange.load import (
    ImportSummary,
    import_file,
    load_file,
    would_delete,
)
from cocktailspace.catalogue.exchange.starter import starter_file

__all__ = [
    "OUTPUTS",
    "CatalogueFile",
    "ExportFormat",
    "Format",
    "ImportSummary",
    "export_parts",
    "export_text",
    "import_file",
    "left_out_of_1",
    "load_file",
    "parse_file",
    "starter_file",
    "would_delete",
]
