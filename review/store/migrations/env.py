"""Tell Alembic where to run: on the engine that ``review.store.migrate`` hands over."""

from alembic import context

from review.store.schema import metadata

engine = context.config.attributes["engine"]
with engine.connect().execution_options(write=True) as connection:
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
