"""Read proformas, appraisal instruments and frameworks from TOML: those shipped here, or a review's own file.

Structure only; what people answer is elsewhere. A file is checked whole, and every fault is reported at once.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import TypeVar, cast, get_args

from review.errors import Fault, ProtocolError
from review.forms import Component, Field, FieldType, Form, Framework, Instrument, Item, Option, Section
from review.protocol.faults import Notes, Reader, meant

_WORD = {"forms": "proforma", "instruments": "instrument", "frameworks": "framework"}
KINDS = tuple(_WORD)
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
_CHOICES: tuple[FieldType, ...] = ("single", "multiple")

T = TypeVar("T")


def names(kind: str) -> tuple[str, ...]:
    """Give the names of the ``forms``, ``instruments`` or ``frameworks`` that are shipped, sorted."""
    folder = files("extraction") / kind
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def form(name: str, folder: Path | None = None) -> Form:
    """Read a proforma: a shipped one by its name, or a file of the review's folder (``my-form.toml``).

    Raises
    ------
    ProtocolError
        There is none of that name, or it has faults: every one is listed.
    """
    return _read("forms", name, folder, _form)


def instrument(name: str, folder: Path | None = None) -> Instrument:
    """Read an appraisal instrument; otherwise as ``form``."""
    return _read("instruments", name, folder, _instrument)


def framework(name: str, folder: Path | None = None) -> Framework:
    """Read a framework; otherwise as ``form``."""
    return _read("frameworks", name, folder, _framework)


def _read(kind: str, name: str, folder: Path | None, build: Callable[[Reader], T]) -> T:
    text = _text(kind, name, folder)
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProtocolError(f"the {_WORD[kind]} {name} is not valid TOML", (Fault(name, str(error)),)) from error
    notes = Notes(text)
    top = Reader(table, "", notes)
    value = build(top)
    top.close()
    if notes.faults:
        raise ProtocolError(f"the {_WORD[kind]} {name} cannot be used", tuple(notes.faults))
    return value


def _text(kind: str, name: str, folder: Path | None) -> str:
    if name.endswith(".toml"):
        path = (folder or Path()) / name
        if not path.is_file():
            raise ProtocolError(
                f"there is no {_WORD[kind]} {path}", hint="names of files count from the review's folder"
            )
        try:
            return path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ProtocolError(f"{path} is not UTF-8 text", hint="save it as UTF-8") from error
    if name not in names(kind):
        near = meant(name, names(kind))
        shipped = f"there are {', '.join(names(kind))}; a file of your own needs its name with .toml"
        raise ProtocolError(f"there is no {_WORD[kind]} called {name}", hint=near or shipped)
    return (files("extraction") / kind / f"{name}.toml").read_text("utf-8")


def _form(top: Reader) -> Form:
    sections = []
    for entry in top.listed("sections"):
        title = entry.text("title", required=True) or ""
        fields = tuple(_field(one) for one in entry.listed("fields"))
        entry.close()
        if not fields:
            entry.notes.add(entry.path, f"section '{title}' has no fields")
        sections.append(Section(title, fields))
    result = Form(_id(top, "name"), _id(top, "version"), _must(top, "label"), _must(top, "source"), tuple(sections))
    _unique(top, "field", [field.id for field in result.fields])
    return result


def _field(entry: Reader) -> Field:
    kind = cast(FieldType, entry.choice("type", get_args(FieldType), "text"))
    result = Field(
        id=_id(entry, "id"),
        label=_must(entry, "label"),
        type=kind,
        required=entry.flag("required", False),
        quote=entry.flag("quote", False),
        guidance=entry.text("guidance"),
        options=_options(entry, "options"),
        unit=entry.text("unit"),
    )
    entry.close()
    if (kind in _CHOICES) != bool(result.options):
        entry.fault("options", f"'{result.id}' is {kind}: " + ("give options" if kind in _CHOICES else "no options"))
    if result.unit and kind != "number":
        entry.fault("unit", "only a number has a unit")
    return result


def _instrument(top: Reader) -> Instrument:
    items = []
    for entry in top.listed("items"):
        items.append(
            Item(
                id=_id(entry, "id"),
                cue=_must(entry, "cue"),
                section=_must(entry, "section"),
                screening=entry.flag("screening", False),
                open=entry.flag("open", False),
                designs=entry.texts("designs"),
            )
        )
        entry.close()
    designs = top.texts("designs", required=True)
    unknown = {design for item in items for design in item.designs} - set(designs)
    for design in sorted(unknown):
        top.notes.add("items", f"design '{design}' is not among the instrument's designs", meant(design, designs))
    responses = _options(top, "responses")
    if not responses:
        top.fault("responses", "is missing or empty", "write [responses] with one line per response: yes = 'Yes'")
    _unique(top, "item", [item.id for item in items])
    texts = (_id(top, "name"), _must(top, "edition"), _must(top, "label"), _must(top, "url"), _must(top, "licence"))
    return Instrument(*texts, designs, responses, tuple(items))


def _framework(top: Reader) -> Framework:
    components = []
    for entry in top.listed("components"):
        texts = (_id(entry, "id"), _must(entry, "label"), _must(entry, "gloss"))
        components.append(Component(*texts, entry.texts("subelements"), entry.flag("core", False)))
        entry.close()
    _unique(top, "component", [component.id for component in components])
    about = (_id(top, "name"), _must(top, "label"), _must(top, "version"), _must(top, "source"))
    return Framework(*about, tuple(components), top.flag("allow_emergent", True))


def _must(entry: Reader, key: str) -> str:
    return entry.text(key, required=True) or ""


def _id(entry: Reader, key: str) -> str:
    value = _must(entry, key)
    if value and not _ID.match(value):
        entry.fault(key, f"'{value}' must be letters, digits, '-', '_' or '.'")
    return value


def _options(entry: Reader, key: str) -> tuple[Option, ...]:
    options = entry.table_of(key)
    result = tuple(Option(code, options.text(code, required=True) or "") for code in options.table)
    for option in result:
        if not _ID.match(option.code):
            options.fault(option.code, "a code is made of letters, digits, '-', '_' or '.'")
    return result


def _unique(top: Reader, word: str, ids: Iterable[str]) -> None:
    counts = Counter(ids)
    if not counts:
        top.notes.add("the file", f"has no {word}s")
    for one, count in counts.items():
        if count > 1:
            top.notes.add("the file", f"{word} '{one}' stands there {count} times", "ids must differ")
