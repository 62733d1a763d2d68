"""Import and export of whole catalogues as JSON keyed by names: `catalogue/1`, `catalogue/2`."""

from cocktailspace.catalogue.transfer.export import (
    OUTPUTS,
    ExportFormat,
    export_parts,
    export_text,
    left_out_of_1,
)
from cocktailspace.catalogue.transfer.file import CatalogueFile, Format, parse_file
from cocktailspace.catalogue.transfer.load import (
    ImportSummary,
    import_file,
    load_file,
    would_delete,
)
from cocktailspace.catalogue.transfer.starter import (
    delete_untouched_recipes,
    is_as_begun,
    starter_file,
    untouched_recipes,
)

__all__ = [
    "OUTPUTS",
    "CatalogueFile",
    "ExportFormat",
    "Format",
    "ImportSummary",
    "delete_untouched_recipes",
    "export_parts",
    "export_text",
    "import_file",
    "is_as_begun",
    "left_out_of_1",
    "load_file",
    "parse_file",
    "starter_file",
    "untouched_recipes",
    "would_delete",
]
