"""Access tokens, which several servers share; keys sorted alike in both databases."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_KEYS = {
    "units": ("name_key",),
    "methods": ("name_key",),
    "ingredients": ("name_key", "alike_key"),
    "recipes": ("name_key", "order_key", "alike_key"),
}


def upgrade() -> None:
    """Add the table; have PostgreSQL sort names by their code points, as SQLite does."""
    op.create_table(
        "tokens",
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("name_key", name="pk_tokens"),
        sa.UniqueConstraint("sha256", name="uq_tokens_sha256"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, keys in _KEYS.items():
            for key in keys:
                op.alter_column(table, key, type_=sa.Text(collation="C"))
