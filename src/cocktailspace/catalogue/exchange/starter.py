"""The catalogue that a new installation starts with."""

from importlib.resources import files

from cocktailspace.catalogue.exchange.file import CatalogueFile, parse_file


def starter_file() -> CatalogueFile:
    """Well-known cocktails over a full taxonomy of ingredients, from the package."""
    return parse_file((files("cocktailspace.catalogue") / "starter.json").read_bytes())
