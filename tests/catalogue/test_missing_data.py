import json

from cocktailspace.catalogue.database import Database
from cocktailspace.catalogue.missing_data import MissingData, missing_data
from cocktailspace.catalogue.transfer import import_file, parse_file, starter_file


def _of(database: Database) -> MissingData:
    with database.reading() as connection:
        return missing_data(connection)


def test_what_nobody_knows_is_named(database: Database) -> None:
    document = {
        "format": "catalogue/2",
        "units": [
            {"name": "Each", "millilitres": None},
            {"name": "Ounce", "millilitres": 30.0},
            {"name": "to rinse", "millilitres": 5.0},
        ],
        "ingredients": [
            {"name": "Lime", "pieces": [{"unit": "Each", "millilitres": 25.0}], "strength": 0.0},
            {"name": "Mint", "strength": 0.0},
            {"name": "Sugar", "strength": 0.0},
            {"name": "Rum"},
            {"name": "Overproof Rum 151", "parent": "Rum"},
            {"name": "Unused"},
        ],
        "recipes": [
            {
                "name": "Mojito",
                "ingredients": [
                    {"ingredient": "Lime", "amount": 1.0, "unit": "Each"},
                    {"ingredient": "Mint", "amount": 8.0, "unit": "Each"},
                    {"ingredient": "Sugar"},
                    {"ingredient": "Rum", "amount": 2.0, "unit": "Ounce"},
                    {"ingredient": "Overproof Rum 151", "unit": "Ounce"},
                ],
            }
        ],
    }
    with database.transaction() as tx:
        import_file(tx, parse_file(json.dumps(document)))
    assert _of(database) == MissingData(["Mint", "Sugar"], ["Rum"], ["to rinse"])


def test_all_is_known_of_the_starter(database: Database) -> None:
    with database.transaction() as tx:
        import_file(tx, starter_file())
    assert _of(database) == MissingData([], [], [])
