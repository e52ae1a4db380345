"""Files written part by part, all of them or none. For results that are too large to be held twice."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from review.errors import ReviewError


def refuse_unwritable(paths: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Refuse places where nothing can be written, before any work is done.

    Raises
    ------
    ReviewError
        There is no such folder, it is a folder itself, or it is one of the input files.
    """
    read = {path.resolve(): path for path in inputs}
    for path in paths:
        if path.is_dir():
            raise ReviewError(f"{path} is a folder, not a file", hint="name a file in it")
        if not path.resolve().parent.is_dir():
            raise ReviewError(f"there is no folder {path.parent}", hint="make it, or name another place")
        same = next((one for one in read.values() if path.exists() and one.exists() and path.samefile(one)), None)
        if same is not None:
            raise ReviewError(
                f"{path} is one of the files to read: writing would replace it", hint="name another file to write"
            )


def write_streams(files: Mapping[Path, Iterable[bytes]]) -> None:
    """Write each file from its parts; only when all are complete does any replace what stood there before.

    A link stays one. A pipe or ``/dev/stdout`` is written to as the parts come.
    """
    unfinished: dict[Path, Path] = {}
    try:
        for path, parts in files.items():
            target = path.resolve()
            regular = target.is_file() or not target.exists()
            place = target.with_name(f".{target.name}.{os.getpid()}.part") if regular else target
            if regular:
                unfinished[place] = target
            try:
                with place.open("wb") as stream:
                    for part in parts:
                        stream.write(part)
            except OSError as error:
                error.filename = str(path)  # the name that the user gave
                raise
        for place, target in unfinished.items():
            place.replace(target)
    finally:
        for place in unfinished:
            place.unlink(missing_ok=True)
