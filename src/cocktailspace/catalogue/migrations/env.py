"""What Alembic runs: our own connection and transaction, handed over by `migrate`."""

from alembic import context

from cocktailspace.catalogue.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
