"""The tables. Ids and versions are AUTOINCREMENT: one that was given is never given again."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from cocktailspace.catalogue.errors import DamagedError
from cocktailspace.catalogue.fields import field_types
from cocktailspace.catalogue.models import (
    IngredientDraft,
    LineDraft,
    MethodDraft,
    PieceDraft,
    RecipeFields,
    UnitDraft,
)
from cocktailspace.times import from_text, to_text


class UtcTime(TypeDecorator[datetime]):
    """A UTC moment as fixed-width ISO text, the same in every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write a moment."""
        return None if value is None else to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read a moment."""
        try:
            return None if value is None else from_text(value)
        except (TypeError, ValueError):
            raise DamagedError(
                f"the catalogue has {value!r} where a time belongs; put a backup back with "
                "`cocktailspace restore --force`"
            ) from None


class Json(TypeDecorator[Any]):
    """A list of words, or an object, as JSON text, keys in their order; NULL where it is empty."""

    impl = Text
    cache_ok = True

    def __init__(self, *, words: bool) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write."""
        return json.dumps(value, ensure_ascii=False) if value or value == {} else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Read."""
        return self.read(value)

    def read(self, value: str | None) -> Any:
        """What the text says."""
        if value is None:
            return () if self.words else None
        try:
            found = json.loads(value)
        except (TypeError, ValueError):
            raise DamagedError(
                f"the catalogue has {str(value)[:60]!r} where JSON belongs; put a backup back with "
                "`cocktailspace restore --force`"
            ) from None
        return tuple(found) if self.words else found


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Key = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is sorted by its code points, as SQLite does, and not by a language's rules."""

Id = Integer().with_variant(BigInteger(), "postgresql")
"""An id. Addresses may name any of 64 bits, which a query then looks for in vain."""

_TYPES = {str: Text, float: Float, int: Integer, bool: Boolean}


def _columns(model: type[BaseModel]) -> Iterator[Column[Any]]:
    """A column for each field of a model that fits one; lists of rows are tables of their own."""
    for name, field in field_types(model).items():
        constraints: list[SchemaItem] = []
        if field.is_column and name in ("amount", "millilitres"):
            constraints = [CheckConstraint(f"{name} >= 0", name="not_negative")]
        if field.reference and field.is_column:
            constraints = [ForeignKey(f"{field.reference}.id")]
        if field.base is dict or field.is_list:
            kind: Any = Json(words=field.is_list)
        else:
            kind = Id if field.reference else _TYPES[field.base]
        if field.is_column:
            yield Column(name, kind, *constraints, nullable=not field.required)


catalogue = Table(
    "catalogue",
    metadata,
    Column("catalogue_id", String(32), primary_key=True),  # random; one row
)

units = Table(
    "units",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_key", Key, nullable=False, unique=True),
    *_columns(UnitDraft),
    sqlite_autoincrement=True,
)

methods = Table(
    "methods",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_key", Key, nullable=False, unique=True),
    *_columns(MethodDraft),
    sqlite_autoincrement=True,
)

ingredients = Table(
    "ingredients",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_key", Key, nullable=False, unique=True),
    Column("alike_key", Key, index=True),
    *_columns(IngredientDraft),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Index(None, "parent_id"),
    sqlite_autoincrement=True,
)

ingredient_pieces = Table(
    "ingredient_pieces",
    metadata,
    Column("ingredient_id", ForeignKey("ingredients.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    *_columns(PieceDraft),
    Index(None, "unit_id"),
)

recipes = Table(
    "recipes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_key", Key, nullable=False),
    Column("order_key", Key, nullable=False, unique=True),  # of name and source
    Column("alike_key", Key, index=True),
    *_columns(RecipeFields),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("uid"),
    Index(None, "name_key"),
    Index(None, "makes_id"),
    sqlite_autoincrement=True,
)

recipe_ingredients = Table(
    "recipe_ingredients",
    metadata,
    Column("recipe_id", ForeignKey("recipes.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    *_columns(LineDraft),
    Index(None, "unit_id"),
    Index(None, "ingredient_id", "recipe_id"),
    Index(None, "recipe_id", "ingredient_id"),
)

line_alternatives = Table(
    "line_alternatives",
    metadata,
    Column("recipe_id", ForeignKey("recipes.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("rank", Integer, primary_key=True, autoincrement=False),
    Column("ingredient_id", ForeignKey("ingredients.id"), nullable=False),
    Index(None, "ingredient_id", "recipe_id"),
)

merged = Table(
    "merged",
    metadata,
    Column("entity", String(16), primary_key=True),
    Column("old_id", Id, primary_key=True, autoincrement=False),
    Column("into_id", Id, nullable=False),
    Column("uid", Text),  # of a recipe, by which files may name it
    Column("order_key", Text),
    Index(None, "entity", "into_id"),
)

changes = Table(
    "changes",
    metadata,
    Column("version", Id, primary_key=True),
    Column("changed_at", UtcTime, nullable=False),
    Column("entity", String(16), nullable=False),
    Column("entity_id", Id, nullable=False),
    Column("action", String(8), nullable=False),
    sqlite_autoincrement=True,
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False, index=True),
)

imports = Table(
    "imports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("state", String(8), nullable=False),  # planned, applied, undone
    Column("name", Text, nullable=False),  # of the file
    Column("sha256", String(64), nullable=False),  # of its bytes
    Column("created_at", UtcTime, nullable=False, index=True),
    Column("content", LargeBinary, nullable=False),  # its rows
    Column("decisions", Text, nullable=False),
    Column("applied", LargeBinary),  # what it did, to undo it
    Column("applied_version", Id),
)

collections = Table(
    "collections",
    metadata,
    Column("owner", Text, primary_key=True),  # issuer and subject, or a token's id
    Column("content", Text, nullable=False),  # catalogue/collections.py
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

tokens = Table(  # of a catalogue in PostgreSQL; beside a SQLite file they lie in a file, too
    "tokens",
    metadata,
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("created_at", UtcTime, nullable=False),
)
