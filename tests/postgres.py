"""A PostgreSQL server of our own, on a socket in a temporary folder: for tests and for measurements."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql")


@contextmanager
def cluster(options: str = "") -> Iterator[str]:
    """Start a server with ``options`` beside its defaults, and give the address of its database.

    Raises
    ------
    FileNotFoundError
        No server is installed.
    """
    programs = sorted(PROGRAMS.glob("*/bin"), key=lambda p: int(p.parent.name))
    if not programs:
        raise FileNotFoundError(f"no PostgreSQL server in {PROGRAMS}: install it with apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path has at most 107 characters
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(name: str, *arguments: str) -> None:
        subprocess.run(
            [*as_user, str(programs[-1] / name), *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL
        )

    data, log = str(folder / "data"), str(folder / "log")
    run("initdb", "-D", data, "-U", "review", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    run("pg_ctl", "-D", data, "-l", log, "-w", "-o", f"-k {folder} -c listen_addresses='' {options}", "start")
    try:
        yield f"postgresql://review@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)
