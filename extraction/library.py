"""Read proformas, appraisal instruments and frameworks from TOML: those shipped here, or a review's own file.

Structure only; what people answer is elsewhere. A file is checked whole, and every fault is reported at once.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, TypeVar, cast, get_args

from extraction import compound, conditions
from review.errors import Fault, ProtocolError
from review.forms import (  # fmt: skip
    COMPOUND,
    OVERALL,
    Component,
    Field,
    FieldType,
    Form,
    Framework,
    Instrument,
    Item,
    Option,
    Prefill,
    Section,
    When,
)
from review.protocol.faults import Notes, Reader, meant

_WORD = {"forms": "proforma", "instruments": "instrument", "frameworks": "framework"}
KINDS = tuple(_WORD)
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
PREFILLS: dict[Prefill, tuple[FieldType, ...]] = {
    "authors": ("text",),
    "year": ("number", "date", "text"),
    "title": ("text",),
    "journal": ("text",),
    "doi": ("text",),
    "author_country": ("country",),
}
"""What of a record can be offered -> the types of field that take it."""
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
    return form_of(name, text("forms", name, folder))


def instrument(name: str, folder: Path | None = None) -> Instrument:
    """Read an appraisal instrument; otherwise as ``form``."""
    return instrument_of(name, text("instruments", name, folder))


def framework(name: str, folder: Path | None = None) -> Framework:
    """Read a framework; otherwise as ``form``."""
    return framework_of(name, text("frameworks", name, folder))


@lru_cache(maxsize=32)  # the whole text is asked by: what is kept cannot be older than it
def form_of(name: str, text: str) -> Form:
    """Read a proforma from its text, as one that was kept with the review; ``name`` is what errors call it."""
    return _built("forms", name, text, _form)


@lru_cache(maxsize=32)
def instrument_of(name: str, text: str) -> Instrument:
    """Read an appraisal instrument from its text; otherwise as ``form_of``."""
    return _built("instruments", name, text, _instrument)


@lru_cache(maxsize=32)
def framework_of(name: str, text: str) -> Framework:
    """Read a framework from its text; otherwise as ``form_of``."""
    return _built("frameworks", name, text, _framework)


def _built(kind: str, name: str, text: str, build: Callable[[Reader], T]) -> T:
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"at line (\d+)", str(error))
        fault = Fault(name, str(error), line=int(at[1]) if at else None)
        raise ProtocolError(f"the {_WORD[kind]} {name} is not valid TOML", (fault,)) from error
    notes = Notes(text)
    top = Reader(table, "", notes)
    value = build(top)
    top.close()
    if notes.faults:
        faults = sorted(notes.faults, key=lambda fault: fault.line or 0)
        raise ProtocolError(f"the {_WORD[kind]} {name} cannot be used", tuple(faults))
    return value


def text(kind: str, name: str, folder: Path | None = None) -> str:
    """Give the text of a shipped file of a kind (``forms``), or one in the review's folder; errors as in ``form``."""
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
        when = _when(entry)
        fields = tuple(_field(one) for one in entry.listed("fields"))
        entry.close()
        if not fields:
            entry.notes.add(entry.path, f"section '{title}' has no fields")
        sections.append(Section(title, fields, when))
    result = Form(_id(top, "name"), _id(top, "version"), _must(top, "label"), _must(top, "source"), tuple(sections))
    _once(top, result)
    for fault in conditions.faults(result):
        top.notes.add(fault.where, fault.what, fault.hint)
    return result


def _once(top: Reader, form: Form) -> None:
    """Note every field whose id another one has, at the last of them, and that there is none at all."""
    counts = Counter(field.id for field in form.fields)
    if not counts:
        top.notes.add("the file", "has no fields")
    places = {
        field.id: f"sections[{number}].fields[{position}].id"
        for number, section in enumerate(form.sections, start=1)
        for position, field in enumerate(section.fields, start=1)
    }
    for one, count in counts.items():
        if count > 1:
            top.notes.add(places[one], f"field '{one}' stands there {count} times", "ids must differ")


def _field(entry: Reader) -> Field:
    kind = cast(FieldType, entry.choice("type", get_args(FieldType), "text"))
    if entry.table.get("type", "text") not in get_args(FieldType):
        kind = _likely(entry)  # one fault is enough: not another one because a text has no options
    prefill = entry.text("prefill")
    result = Field(
        id=_id(entry, "id"),
        label=_must(entry, "label"),
        type=kind,
        required=entry.flag("required", False),
        quote=entry.flag("quote", False),
        guidance=entry.text("guidance"),
        options=_options(entry, "options"),
        unit=entry.text("unit"),
        when=_when(entry),
        prefill=cast(Prefill, entry.one_of("prefill", prefill, PREFILLS)) if prefill else None,
        fields=tuple(_sub_field(one) for one in entry.listed("fields")),
        rows=_options(entry, "rows"),
    )
    entry.close()
    _fits_type(entry, result)
    return result


def _likely(entry: Reader) -> FieldType:
    """Guess the type that was meant from what else is given."""
    if "fields" in entry.table:
        return "table" if "rows" in entry.table else "group"
    return "single" if "options" in entry.table else "text"


def _sub_field(entry: Reader) -> Field:
    """Read a sub-field: a cell, which has no rows, no condition and no quote of its own."""
    result = _field(entry)
    if result.type in COMPOUND:
        entry.fault("type", f"sub-field '{result.id}' is a {result.type}, and stands in one already", "use other types")
    for name in ("when", "prefill", "quote"):
        if getattr(result, name):
            entry.fault(name, f"sub-field '{result.id}' cannot have '{name}'", "give it to the whole field")
    if result.id in (compound.ROW, compound.MISSING_KEY):
        entry.fault("id", f"no sub-field can be called '{result.id}'", "call it otherwise")
    return result


def _fits_type(entry: Reader, field: Field) -> None:
    """Note what a field has and its type does not take, or lacks and needs."""
    kind = field.type
    if (kind in _CHOICES) != bool(field.options):
        entry.fault("options", f"'{field.id}' is {kind}: " + ("give options" if kind in _CHOICES else "no options"))
    if field.unit and kind != "number":
        entry.fault("unit", "only a number has a unit")
    if (kind in COMPOUND) != bool(field.fields):
        example = "write [[sections.fields.fields]] for each" if kind in COMPOUND else "only a group or table has some"
        entry.fault("fields", f"'{field.id}' is {kind}: {'give' if kind in COMPOUND else 'no'} sub-fields", example)
    if (kind == "table") != bool(field.rows):
        example = (
            "write [sections.fields.rows]" if kind == "table" else "rows that repeat are a group, named ones a table"
        )
        entry.fault("rows", f"'{field.id}' is {kind}: {'give' if kind == 'table' else 'no'} rows", example)
    _unique_in(entry, field)
    if field.prefill and kind not in PREFILLS[field.prefill]:
        entry.fault(
            "prefill", f"'{field.prefill}' cannot fill a {kind}", f"type = {' or '.join(PREFILLS[field.prefill])}"
        )


def _unique_in(entry: Reader, field: Field) -> None:
    ids = [sub.id for sub in field.fields]
    for one, count in Counter(ids).items():
        if count > 1:
            entry.fault("fields", f"sub-field '{one}' of '{field.id}' stands there {count} times", "ids must differ")
    if compound.COUNT_KEYS.issubset(ids):
        entry.fault(
            "fields", f"label, score and n in '{field.id}' are what the type counts has", "use it, or rename one"
        )


def _when(entry: Reader) -> When | None:
    """Read a condition: ``when = { kind = "research" }`` or ``when = { kind = ["research", "discussion"] }``."""
    condition = entry.table_of("when")
    names = list(condition.table)
    if not names:
        return None
    if len(names) > 1:
        condition.fault(names[1], "a condition looks at one field", "give its section the other condition")
    name = names[0]
    among = condition.texts(name) if isinstance(condition.table[name], list) else (_must(condition, name),)
    return When(name, tuple(code for code in among if code))


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
    designs = top.texts("designs", required=top.table.get("of") != "finding")
    unknown = {design for item in items for design in item.designs} - set(designs)
    for design in sorted(unknown):
        top.notes.add("items", f"design '{design}' is not among the instrument's designs", meant(design, designs))
    responses = _options(top, "responses")
    if not responses:
        top.fault("responses", "is missing or empty", "write [responses] with one line per response: yes = 'Yes'")
    ids = [item.id for item in items]
    _unique(top, "item", ids)
    if OVERALL in ids:
        top.notes.add("items", f"'{OVERALL}' is the overall judgement", "give its levels under [overall] instead")
    texts = (_id(top, "name"), _must(top, "edition"), _must(top, "label"), _must(top, "url"), _must(top, "licence"))
    if texts[3] and not texts[3].startswith(("https://", "http://")):
        top.fault("url", f"is no address of a page: {texts[3]}", "write https://…")
    what = cast(Literal["study", "finding"], top.choice("of", ("study", "finding"), "study"))
    return Instrument(*texts, designs, responses, tuple(items), what, _options(top, "overall"))


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
