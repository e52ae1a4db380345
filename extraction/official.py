"""Official wording that a team puts beside an instrument: ``instruments/NAME.official.toml`` in the review's folder.

It is the team's own file (the forms' licences are theirs to keep): pages show it below our cue, and nothing else does.
Reports and tables never hold it. One line per item: ``"1.1" = "…"``, the id in quotes.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from review.errors import Fault, ProtocolError
from review.forms import Instrument
from review.protocol.faults import meant

FOLDER = "instruments"


def texts(instrument: Instrument, folder: Path) -> dict[str, str]:
    """Read the official wording of an instrument's items; nothing when the team has put none there.

    Returns
    -------
    dict of str to str
        Item id -> text, for the items that the file has.

    Raises
    ------
    ProtocolError
        The file cannot be read, or names what the instrument does not have: every fault is listed.
    """
    path = folder / FOLDER / f"{instrument.name}.official.toml"
    if not path.is_file():
        return {}
    where = f"{FOLDER}/{path.name}"
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{where} is not UTF-8 text", hint="save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProtocolError(f"{where} is not valid TOML", (Fault(where, str(error)),)) from error
    ids = [item.id for item in instrument.judged]
    faults = [fault for key, value in table.items() if (fault := _fault(key, value, ids)) is not None]
    if faults:
        raise ProtocolError(f"{where} cannot be used", tuple(faults))
    return {key: value.strip() for key, value in table.items()}


def _fault(key: str, value: object, ids: list[str]) -> Fault | None:
    if isinstance(value, dict):
        return Fault(
            key, "is a table, not a text", f'put the whole id in quotes, such as "{key}.{next(iter(value), 1)}"'
        )
    if key not in ids:
        return Fault(key, "the instrument has no such item", meant(key, ids) or f"there are {', '.join(ids)}")
    if not isinstance(value, str) or not value.strip():
        return Fault(key, "must be a text in quotes", "or leave the line out")
    return None
