"""The first schema: units, ingredients, recipes, the change log and the catalogue's identity."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of an empty catalogue."""
    identity = op.create_table(
        "catalogue",
        sa.Column("catalogue_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("catalogue_id", name="pk_catalogue"),
    )
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("abbreviation", sa.Text()),
        sa.Column("millilitres", sa.Float(), nullable=False),
        sa.CheckConstraint("millilitres >= 0", name=op.f("ck_units_not_negative")),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("name_key", name="uq_units_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ingredients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer()),
        sa.Column("description", sa.Text()),
        sa.Column("allow_substitution", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("updated_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["ingredients.id"], name="fk_ingredients_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ingredients"),
        sa.UniqueConstraint("name_key", name="uq_ingredients_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ingredients_parent_id", "ingredients", ["parent_id"])
    op.create_table(
        "recipes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("source", sa.Text()),
        sa.Column("source_url", sa.Text()),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("updated_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipes"),
        sa.UniqueConstraint("name_key", name="uq_recipes_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recipe_ingredients",
        sa.Column("recipe_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("ingredient_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Float()),
        sa.Column("unit_id", sa.Integer()),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_recipe_ingredients_not_negative")),
        sa.ForeignKeyConstraint(
            ["ingredient_id"], ["ingredients.id"], name="fk_recipe_ingredients_ingredient_id"
        ),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipes.id"], name="fk_recipe_ingredients_recipe_id"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_recipe_ingredients_unit_id"),
        sa.PrimaryKeyConstraint("recipe_id", "position", name="pk_recipe_ingredients"),
    )
    op.create_index("ix_recipe_ingredients_unit_id", "recipe_ingredients", ["unit_id"])
    op.create_index(
        "ix_recipe_ingredients_ingredient_id_recipe_id",
        "recipe_ingredients",
        ["ingredient_id", "recipe_id"],
    )
    op.create_table(
        "changes",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.String(27), nullable=False),
        sa.Column("entity", sa.String(16), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.bulk_insert(identity, [{"catalogue_id": secrets.token_hex(16)}])
