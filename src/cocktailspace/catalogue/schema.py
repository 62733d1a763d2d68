"""The tables. Ids and versions are AUTOINCREMENT: one that was given is never given again."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

from cocktailspace.catalogue.errors import DamagedError
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


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

catalogue = Table(
    "catalogue",
    metadata,
    Column("catalogue_id", String(32), primary_key=True),  # random; one row
)

units = Table(
    "units",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("abbreviation", Text),
    Column(
        "millilitres",
        Float,
        CheckConstraint("millilitres >= 0", name="not_negative"),
        nullable=False,
    ),
    sqlite_autoincrement=True,
)

ingredients = Table(
    "ingredients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("parent_id", ForeignKey("ingredients.id"), index=True),
    Column("description", Text),
    Column("allow_substitution", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

recipes = Table(
    "recipes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("instructions", Text),
    Column("description", Text),
    Column("source", Text),
    Column("source_url", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

recipe_ingredients = Table(
    "recipe_ingredients",
    metadata,
    Column("recipe_id", ForeignKey("recipes.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("ingredient_id", ForeignKey("ingredients.id"), nullable=False),
    Column("amount", Float, CheckConstraint("amount >= 0", name="not_negative")),
    Column("unit_id", ForeignKey("units.id"), index=True),
    Index(None, "ingredient_id", "recipe_id"),
    Index(None, "recipe_id", "ingredient_id"),
)

changes = Table(
    "changes",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("changed_at", UtcTime, nullable=False),
    Column("entity", String(16), nullable=False),
    Column("entity_id", Integer, nullable=False),
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
