"""Bring a database to the newest schema with Alembic; the steps are in ``migrations/versions``."""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import Engine

from review.errors import StageError

HEAD = "0007"
"""The newest revision; a test compares it with the migrations folder."""

RESTAND = "restand"
"""Key in the table meta, left by a migration after which reports may stand otherwise: they are computed anew once."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration that the database lacks, up to a revision.

    Raises
    ------
    StageError
        The database was made by a newer version of this program.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(files("review.store") / "migrations"))
    config.attributes["engine"] = engine
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise StageError(
            "the database was made by another version of narrative-review", hint="update narrative-review"
        ) from error
