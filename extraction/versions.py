"""Versions of forms, instruments and frameworks: which text is in use, its pilot, its freezing.

A text is noted by an event when it is taken into use, so that an answer can be read with the form it was given under.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from sqlalchemy import Connection

from extraction import changes, filling_rows, library, sheet_rows
from extraction.revisiting import gone as gone
from extraction.revisiting import revisits as revisits
from extraction.scalars import text_of as clean
from extraction.sheet_rows import Taken
from review.errors import DecisionError, ProtocolError
from review.forms import Form, Framework, Instrument
from review.protocol.faults import meant
from review.store import Actor, Entry, Store, append_many
from review.store.events import take_turn
from review.text import many

Kind = Literal["form", "instrument", "framework"]
State = Literal["pilot", "open", "frozen"]


@dataclass(frozen=True, slots=True)
class Adopted:
    """What is in use: ``open`` may be changed, ``pilot`` is tried on some studies, ``frozen`` needs a new version."""

    sheet: str
    version: str
    sha256: str
    state: State
    pilot: tuple[str, ...]


# -- what is in use


def in_use(connection: Connection, sheet: str) -> Adopted | None:
    """Give what was taken into use last; ``None`` before anything was."""
    taken = sheet_rows.newest(connection, sheet)
    return _adopted(taken) if taken else None


def text_of(connection: Connection, sheet: str, version: str) -> str | None:
    """Give the newest text of a version that was in use."""
    texts = [taken.text for taken in sheet_rows.history(connection, sheet) if taken.version == version]
    return texts[-1] if texts else None


def pending(connection: Connection, form: Form) -> tuple[str, ...]:
    """Say what the form says otherwise than what is in use; ``()`` when that is the same, or nothing is in use."""
    taken = sheet_rows.newest(connection, f"form:{form.name}")
    old = kept("form", taken) if taken else None
    return changes.sentences(old, form) if isinstance(old, Form) else ()


def adopt(store: Store, actor: Actor, kind: Kind, name: str, folder: Path | None) -> Adopted:
    """Take a text into use when it is another than the one in use: call it before anything is written under it.

    It opens a transaction of its own, so not within one. Comments and spaces may change at any time. What is tried or
    open may be changed as it stands; what is frozen needs a new version, which is open again.

    Parameters
    ----------
    name : str
        Of a shipped text, or of a file of the review's ``folder``.

    Raises
    ------
    ProtocolError
        There is no such text, or it has faults; or it says otherwise what is frozen under the same version.
    """
    text = library.text(f"{kind}s", name, folder)
    read = _read(kind, name, text)
    sheet, version = f"{kind}:{read.name}", _version(read)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with store.read() as connection:
        taken = sheet_rows.newest(connection, sheet)
    if taken and (taken.sha256 == sha256 or kept(kind, taken) == read):
        return _adopted(taken)
    with store.write() as connection:
        take_turn(connection, actor)
        filling_rows.alone(connection)  # two people may write the first answers at the same moment
        history = sheet_rows.history(connection, sheet)
        if history and history[-1].sha256 == sha256:
            return _adopted(history[-1])
        _not_frozen(kind, history, read)
        before = next((one for one in reversed(history) if one.sha256 == sha256), None)
        tried = before or next((one for one in history[-1:] if one.state == "pilot"), None)
        said = {"sheet": sheet, "sha256": sha256, "version": version, "text": text}
        if tried:
            return _note(store, connection, actor, said, cast(State, tried.state), tried.pilot)
        return _note(store, connection, actor, said, "open", ())


def _read(kind: Kind, name: str, text: str) -> Form | Instrument | Framework:
    if kind == "form":
        return library.form_of(name, text)
    return library.instrument_of(name, text) if kind == "instrument" else library.framework_of(name, text)


def kept(kind: Kind, taken: Taken) -> Form | Instrument | Framework | None:
    """Read what was taken into use; ``None`` when this version of the program cannot."""
    try:
        return _read(kind, taken.sheet, taken.text)
    except ProtocolError:
        return None


def _version(read: Form | Instrument | Framework) -> str:
    return read.edition if isinstance(read, Instrument) else read.version


def _not_frozen(kind: Kind, history: Sequence[Taken], read: Form | Instrument | Framework) -> None:
    """Refuse another meaning under a version that was frozen."""
    for taken in history:
        if taken.state != "frozen" or taken.version != _version(read):
            continue
        frozen = kept(kind, taken)
        if frozen != read:
            said = changes.sentences(frozen, read) if isinstance(frozen, Form) and isinstance(read, Form) else ()
            raise ProtocolError(
                "\n  ".join((f"{taken.sheet} {taken.version} is frozen, and its file says something else now", *said)),
                hint="give the file a new version; answers given before are kept and listed to be looked at again",
            )


def _adopted(taken: Taken) -> Adopted:
    return Adopted(taken.sheet, taken.version, taken.sha256, cast(State, taken.state), taken.pilot)


# -- pilot and freezing


def draw(keys: Collection[str], size: int, seed: int) -> tuple[str, ...]:
    """Draw studies for a pilot; the same seed draws the same of the same studies.

    Raises
    ------
    DecisionError
        There are not so many, or fewer than one is asked for.
    """
    if not 1 <= size <= len(keys):
        raise DecisionError(f"{size} of {many(len(keys), 'study')} cannot be drawn", hint="ask for at least one")
    return tuple(sorted(random.Random(seed).sample(sorted(keys), size)))


def pilot(
    store: Store, actor: Actor, sheet: str, keys: Collection[str], chosen: Sequence[str], *, note: str | None = None
) -> Adopted:
    """Try what is in use on some studies before it is frozen; asked again, it is tried on those instead.

    Raises
    ------
    DecisionError
        Nothing is in use, it is frozen, or a study is none of the review's ``keys``.
    """
    wrong = [key for key in chosen if key not in keys]
    if wrong or not chosen:
        near = meant(wrong[0], keys) if wrong else "name studies, or have some drawn"
        raise DecisionError(f"there is no study '{wrong[0]}'" if wrong else "a pilot needs studies", hint=near)
    with store.write() as connection:
        taken = _changeable(connection, actor, sheet)
        return _note(store, connection, actor, _text(taken), "pilot", tuple(sorted(set(chosen))), note)


def freeze(store: Store, actor: Actor, sheet: str, *, people: int = 1, note: str | None = None) -> Adopted:
    """Freeze what is in use: from now on a change needs a new version.

    Parameters
    ----------
    people : int
        How many have to be done with each study of the pilot: 2 when two extract independently.
    note : str, optional
        Why it is frozen although nothing was tried, or the trial is not finished.

    Raises
    ------
    DecisionError
        Nothing is in use, it is frozen already; or there was no pilot or it is not done, and no ``note`` says why.
    """
    note = clean(note)
    with store.write() as connection:
        taken = _changeable(connection, actor, sheet)
        waiting = untried(connection, taken, people)
        if not note and not taken.pilot:
            raise DecisionError(f"{sheet} was not tried on any study", hint="try it (pilot), or note why not")
        if not note and waiting:
            raise DecisionError(
                f"the pilot of {sheet} is not done: {', '.join(waiting)}", hint="finish these, or note why not"
            )
        return _note(store, connection, actor, _text(taken), "frozen", taken.pilot, note)


def untried(connection: Connection, taken: Taken, people: int) -> tuple[str, ...]:
    """Give the studies of the pilot that fewer than so many people are done with, or that somebody still works on."""
    work = [row for row in sheet_rows.fillings(connection, taken.sheet) if row["role"] == "extractor"]
    states = {key: [row["state"] for row in work if row["study"] == key] for key in taken.pilot}
    return tuple(key for key, said in states.items() if said.count("done") < people or "open" in said)


def _changeable(connection: Connection, actor: Actor, sheet: str) -> Taken:
    take_turn(connection, actor)
    taken = sheet_rows.newest(connection, sheet)
    if taken is None:
        raise DecisionError(f"{sheet} is not in use", hint="name it in protocol.toml")
    if taken.state == "frozen":
        raise DecisionError(f"{sheet} {taken.version} is frozen", hint="give its file a new version to change it")
    return taken


def _note(
    store: Store,
    connection: Connection,
    actor: Actor,
    said: Mapping[str, str],
    state: State,
    tried: tuple[str, ...],
    note: str | None = None,
) -> Adopted:
    payload = {**said, "state": state, "pilot": list(tried), "note": note}
    append_many(store, connection, actor, [Entry("sheet", payload)])
    return Adopted(said["sheet"], said["version"], said["sha256"], state, tried)


def _text(taken: Taken) -> dict[str, str]:
    return {"sheet": taken.sheet, "sha256": taken.sha256, "version": taken.version, "text": taken.text}
