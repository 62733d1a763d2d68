"""What recipes say: garnish, glass, ranges, alternatives, pieces, strengths, versions of a drink.

Several recipes may have one name, and a unit may count pieces: `Each` that counted 1 ml does. All
other figures stay as their owner has them.
"""

import hashlib
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

from cocktailspace.catalogue.migrations.altered import altered_table

revision = "0004"
down_revision = "0003"

_AT_ONCE = 5_000
_LONG_SOURCE = 200
_BOOK = "Dave Arnold, Liquid Intelligence, 2014"
_MEASURED = f"{_BOOK}, and Cocktail Science in General, cookingissues.com 2010"
_METHODS = (
    ("Shake", '["shaken"]', -1.567, 1.742, 0.203, _MEASURED),
    ("Stir", '["stirred", "throw", "thrown"]', -1.21, 1.246, 0.145, _MEASURED),
    ("Build", '["built"]', 0.0, 0.0, 0.24, f"{_BOOK}: over a rock"),
    ("Blend", '["blended"]', 0.0, 0.0, 0.25, "the data of Bar Assistant, barassistant.app"),
    ("No ice", '["pour", "poured", "layer", "layered", "hot", "warm"]', 0.0, 0.0, 0.0, None),
)


def upgrade() -> None:
    """Add columns and tables; of one name there may be several recipes."""
    _units()
    _ingredients()
    _recipes()
    _lines()
    _methods()
    op.create_table(
        "merged",
        sa.Column("entity", sa.String(16), nullable=False),
        sa.Column("old_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text()),
        sa.Column("order_key", sa.Text()),
        sa.PrimaryKeyConstraint("entity", "old_id", name="pk_merged"),
    )
    op.create_index("ix_merged_entity_into_id", "merged", ["entity", "into_id"])


def _units() -> None:
    op.add_column("units", _flag("assumed"))
    with altered_table("units") as batch:
        batch.alter_column("millilitres", existing_type=sa.Float(), nullable=True)
    units = sa.table("units", sa.column("name_key"), sa.column("millilitres"))
    each = (units.c.name_key == "each") & (units.c.millilitres == 1.0)
    op.execute(sa.update(units).where(each).values(millilitres=None))


def _ingredients() -> None:
    op.add_column("ingredients", sa.Column("aliases", sa.Text()))
    op.add_column("ingredients", sa.Column("alike_key", sa.Text()))
    op.add_column("ingredients", _flag("shelf"))
    op.add_column("ingredients", sa.Column("strength", sa.Float()))
    op.add_column("ingredients", sa.Column("contains", sa.Text()))
    with altered_table("ingredients") as batch:
        batch.add_column(sa.Column("made_from_id", sa.Integer()))
        batch.create_foreign_key(
            "fk_ingredients_made_from_id", "ingredients", ["made_from_id"], ["id"]
        )
    _give_alike_keys()
    op.create_index("ix_ingredients_alike_key", "ingredients", ["alike_key"])
    op.create_table(
        "ingredient_pieces",
        sa.Column("ingredient_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("millilitres", sa.Float(), nullable=False),
        sa.CheckConstraint("millilitres >= 0", name=op.f("ck_ingredient_pieces_not_negative")),
        sa.ForeignKeyConstraint(
            ["ingredient_id"], ["ingredients.id"], name="fk_ingredient_pieces_ingredient_id"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_ingredient_pieces_unit_id"),
        sa.PrimaryKeyConstraint("ingredient_id", "position", name="pk_ingredient_pieces"),
    )
    op.create_index("ix_ingredient_pieces_unit_id", "ingredient_pieces", ["unit_id"])


def _recipes() -> None:
    keys = ("uid", "order_key", "alike_key")
    for name in ("garnish", "glass", "method", "tags", "notes", "extra", *keys):
        op.add_column("recipes", sa.Column(name, sa.Text()))
    op.add_column("recipes", sa.Column("servings", sa.Integer()))
    _give_keys()
    with altered_table("recipes") as batch:
        batch.add_column(sa.Column("makes_id", sa.Integer()))
        batch.create_foreign_key("fk_recipes_makes_id", "ingredients", ["makes_id"], ["id"])
        batch.alter_column("order_key", existing_type=sa.Text(), nullable=False)
        batch.drop_constraint("uq_recipes_name_key", type_="unique")
        batch.create_unique_constraint("uq_recipes_order_key", ["order_key"])
        batch.create_unique_constraint("uq_recipes_uid", ["uid"])
    op.create_index("ix_recipes_name_key", "recipes", ["name_key"])
    op.create_index("ix_recipes_alike_key", "recipes", ["alike_key"])
    op.create_index("ix_recipes_makes_id", "recipes", ["makes_id"])


def _give_alike_keys() -> None:
    connection = op.get_bind()
    columns = [sa.column(name) for name in ("id", "name", "alike_key")]  # type: ignore[var-annotated]
    ingredients = sa.table("ingredients", *columns)
    rows = connection.execute(sa.select(*columns[:2])).all()
    keys = [{"row": row.id, "key": _alike_key(row.name)} for row in rows]
    change = sa.update(ingredients).where(columns[0] == sa.bindparam("row"))
    if keys:
        connection.execute(change.values(alike_key=sa.bindparam("key")), keys)


def _give_keys() -> None:
    """Each recipe gets its permanent identity, and its place in the order of names and sources."""
    connection = op.get_bind()
    identity = connection.execute(
        sa.select(sa.column("catalogue_id")).select_from(sa.table("catalogue"))
    ).scalar()
    columns: list[sa.ColumnClause[Any]] = [
        sa.column(name)
        for name in ("id", "name_key", "source", "name", "uid", "order_key", "alike_key")
    ]
    recipes = sa.table("recipes", *columns)
    row_id, key, source, name, *_ = columns
    after = 0
    while True:
        some = sa.select(row_id, key, source, name).where(row_id > after).order_by(row_id)
        rows = connection.execute(some.limit(_AT_ONCE)).all()
        if not rows:
            return
        after = rows[-1].id
        given = [
            {
                "row": row.id,
                "new_uid": _uid(identity, row.id),
                "new_key": _order_key(row.name_key, row.source or ""),
                "new_alike": _alike_key(row.name),
            }
            for row in rows
        ]
        change = sa.update(recipes).where(row_id == sa.bindparam("row"))
        new: dict[str, Any] = {
            "uid": sa.bindparam("new_uid"),
            "order_key": sa.bindparam("new_key"),
            "alike_key": sa.bindparam("new_alike"),
        }
        connection.execute(change.values(new), given)


def _uid(identity: str | None, recipe_id: int) -> str:
    """The same wherever this catalogue is upgraded."""
    return hashlib.sha256(f"{identity}/{recipe_id}".encode()).hexdigest()[:32]


def _alike_key(name: str) -> str:
    """As `names.alike_key` makes it."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    letters = "".join(
        letter if letter.isalnum() else " "
        for letter in plain
        if unicodedata.category(letter) != "Mn" and letter not in "'’‘`´"
    )
    alike = " ".join(map(_singular, letters.split()))
    return alike or unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses", "zes", "oes")) else word[:-1]


def _order_key(name_key: str, source: str) -> str:
    """As `names.order_key` makes it."""
    key = unicodedata.normalize("NFC", unicodedata.normalize("NFD", source).casefold())
    if len(key) > _LONG_SOURCE:
        key = f"{key[:_LONG_SOURCE]}\x01{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return f"{name_key}\x01{key}" if key else name_key


def _lines() -> None:
    op.add_column("recipe_ingredients", sa.Column("amount_max", sa.Float()))
    op.add_column("recipe_ingredients", sa.Column("note", sa.Text()))
    op.add_column("recipe_ingredients", _flag("optional"))
    op.create_table(
        "line_alternatives",
        sa.Column("recipe_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("rank", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("ingredient_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipes.id"], name="fk_line_alternatives_recipe_id"
        ),
        sa.ForeignKeyConstraint(
            ["ingredient_id"], ["ingredients.id"], name="fk_line_alternatives_ingredient_id"
        ),
        sa.PrimaryKeyConstraint("recipe_id", "position", "rank", name="pk_line_alternatives"),
    )
    op.create_index(
        "ix_line_alternatives_ingredient_id_recipe_id",
        "line_alternatives",
        ["ingredient_id", "recipe_id"],
    )


def _methods() -> None:
    """How much water each method of mixing adds: the curves of the literature, to begin with."""
    methods = op.create_table(
        "methods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text()),
        sa.Column("quadratic", sa.Float(), nullable=False),
        sa.Column("linear", sa.Float(), nullable=False),
        sa.Column("constant", sa.Float(), nullable=False),
        sa.Column("source", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_methods"),
        sa.UniqueConstraint("name_key", name="uq_methods_name_key"),
        sqlite_autoincrement=True,
    )
    columns = ("name", "words", "quadratic", "linear", "constant", "source")
    rows = [dict(zip(columns, row, strict=True)) for row in _METHODS]
    op.bulk_insert(methods, [row | {"name_key": str(row["name"]).casefold()} for row in rows])


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
