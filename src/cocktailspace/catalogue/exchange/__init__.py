"""Import and export of whole catalogues in the bulk format `catalogue/1`: JSON, keyed by names."""

from cocktailspace.catalogue.exchange.export import export_parts, export_text
from cocktailspace.catalogue.exchange.file import CatalogueFile, parse_file
from cocktailspace.catalogue.exchange.load import ImportSummary, import_file, load_file
from cocktailspace.catalogue.exchange.starter import starter_file

__all__ = [
    "CatalogueFile",
    "ImportSummary",
    "export_parts",
    "export_text",
    "import_file",
    "load_file",
    "parse_file",
    "starter_file",
]
