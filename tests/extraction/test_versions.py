"""Versions of a form: taken into use, tried, frozen, changed half-way with nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from extraction import library, rows, versions
from review.errors import DecisionError, ProtocolError
from review.store import Actor, Entry, Store, append_many, schema

KEYS = ("maker2001", "maker2002", "maker2003")
FIRST = """
name = "own"
version = "1"
label = "Own"
source = "made up"
[[sections]]
title = "All"
[[sections.fields]]
id = "kind"
label = "Kind"
type = "single"
options = { trial = "Trial", survey = "Survey", letter = "Letter" }
[[sections.fields]]
id = "length"
label = "Length"
type = "number"
unit = "weeks"
[[sections.fields]]
id = "aim"
label = "Aim"
[[sections.fields]]
id = "old"
label = "Old field"
[[sections.fields]]
id = "arms"
label = "Arms"
type = "group"
fields = [{ id = "n", label = "N", type = "number" }]
"""
SECOND = (
    FIRST.replace('version = "1"', 'version = "2"')
    .replace(', letter = "Letter"', "")
    .replace("weeks", "months")
    .replace('id = "old"\nlabel = "Old field"', 'id = "site"\nlabel = "Site"\nrequired = true')
    .replace('label = "Aim"', 'label = "Aim"\nquote = true')
    .replace('type = "number" }]', 'type = "number" }, { id = "arm", label = "Arm" }]')
)

Write = Callable[[str], versions.Adopted]


@pytest.fixture
def write(filled: Store, ann: Actor, tmp_path: Path) -> Write:
    """Give the function that saves a text as the form and takes it into use."""

    def save(text: str) -> versions.Adopted:
        (tmp_path / "own.toml").write_text(text, "utf-8")
        return versions.adopt(filled, ann, "form", "own.toml", tmp_path)

    return save


def answer(store: Store, actor: Actor, study: str, field: str, value: Any, version: str = "1", **more: Any) -> None:
    said = {"study": study, "form": f"own@{version}", "field": field, "value": value, **more}
    with store.write() as connection:
        append_many(store, connection, actor, [Entry("answer", said)])


def done(store: Store, actor: Actor, study: str, state: str = "done") -> None:
    said = {"study": study, "sheet": "form:own", "role": "extractor", "state": state, "version": "1"}
    with store.write() as connection:
        append_many(store, connection, actor, [Entry("filling", said)])


def revisits(store: Store, text: str, person: str | None = None) -> dict[str, dict[str, str]]:
    with store.read() as connection:
        found = versions.revisits(connection, library.form_of("own", text), person)
    return {study: dict(some) for study, some in found.items()}


def in_use(store: Store) -> versions.Adopted | None:
    with store.read() as connection:
        return versions.in_use(connection, "form:own")


def test_a_text_is_noted_once_when_it_is_taken_into_use(filled: Store, write: Write) -> None:
    assert in_use(filled) is None
    first = write(FIRST)
    assert (first.sheet, first.version, first.state, first.pilot) == ("form:own", "1", "open", ())
    assert write(FIRST) == write("# a comment\n" + FIRST) == first == in_use(filled)
    with filled.read() as connection:
        events = select(func.count()).select_from(schema.event).where(schema.event.c.kind == "sheet")
        assert connection.scalar(events) == 1
        assert versions.text_of(connection, "form:own", "1") == FIRST
        assert versions.text_of(connection, "form:own", "2") is None
    assert write(SECOND).version == "2"
    assert write(FIRST) == first == in_use(filled)  # and back again


def test_instruments_and_frameworks_are_versioned_too(filled: Store, ann: Actor) -> None:
    assert versions.adopt(filled, ann, "instrument", "mmat-2018", None).sheet == "instrument:mmat-2018"
    assert versions.adopt(filled, ann, "framework", "bitc-workwell", None).version == "2013"


def test_what_is_frozen_changes_only_under_a_new_version(filled: Store, ann: Actor, write: Write) -> None:
    write(FIRST)
    assert versions.freeze(filled, ann, "form:own", note="two fields only").state == "frozen"
    with pytest.raises(DecisionError, match="form:own 1 is frozen"):
        versions.pilot(filled, ann, "form:own", KEYS, ["maker2001"])
    with pytest.raises(DecisionError, match="form:own 1 is frozen"):
        versions.freeze(filled, ann, "form:own", note="again")
    with pytest.raises(ProtocolError, match="is frozen, and its file says something else now") as caught:
        write(FIRST.replace("weeks", "months"))
    assert "length: its unit was weeks, and is months now" in caught.value.message
    assert "new version" in (caught.value.hint or "")
    assert write(SECOND).state == "open"
    assert write(FIRST).state == "frozen"  # going back thaws nothing
    with pytest.raises(ProtocolError, match="own 1 is frozen"):  # nor by way of another version
        write(FIRST.replace("weeks", "months"))


def test_a_pilot_is_drawn_by_a_seed_and_has_to_be_done_before_freezing(
    filled: Store, ann: Actor, ben: Actor, write: Write
) -> None:
    with pytest.raises(DecisionError, match="form:own is not in use"):
        versions.freeze(filled, ann, "form:own")
    write(FIRST)
    with pytest.raises(DecisionError, match="was not tried on any study"):
        versions.freeze(filled, ann, "form:own")
    drawn = versions.draw(KEYS, 2, seed=7)
    assert drawn == versions.draw(KEYS[::-1], 2, seed=7) and len(drawn) == 2
    with pytest.raises(DecisionError, match="4 of 3 studies cannot be drawn"):
        versions.draw(KEYS, 4, seed=7)
    with pytest.raises(DecisionError, match="there is no study 'maker1999'"):
        versions.pilot(filled, ann, "form:own", KEYS, ["maker1999"])
    versions.pilot(filled, ann, "form:own", KEYS, ["maker2002", "maker2001"], note="drawn")
    done(filled, ann, "maker2001")
    done(filled, ann, "maker2002", "open")
    with pytest.raises(DecisionError, match="the pilot of form:own is not done: maker2002"):
        versions.freeze(filled, ann, "form:own")
    done(filled, ann, "maker2002")
    with pytest.raises(DecisionError, match="is not done: maker2001, maker2002"):
        versions.freeze(filled, ann, "form:own", people=2)
    tried = write(FIRST.replace("weeks", "months"))  # what the pilot taught; it goes on
    assert (tried.state, tried.pilot) == ("pilot", ("maker2001", "maker2002"))
    done(filled, ben, "maker2001")
    done(filled, ben, "maker2002")
    frozen = versions.freeze(filled, ann, "form:own", people=2)
    assert (frozen.state, frozen.pilot) == ("frozen", ("maker2001", "maker2002"))


def test_a_form_changed_half_way_loses_nothing_and_names_what_to_look_at(
    filled: Store, ann: Actor, ben: Actor, write: Write
) -> None:
    write(FIRST)
    for study, kind in (("maker2001", "letter"), ("maker2002", "trial")):
        answer(filled, ann, study, "kind", kind)
        answer(filled, ann, study, "aim", "To see", quote="we set out to see" if kind == "trial" else None)
        answer(filled, ann, study, "old", f"old words on {study}")
    answer(filled, ann, "maker2001", "length", 6)
    answer(filled, ben, "maker2001", "arms", [{"n": 3}])
    done(filled, ann, "maker2001")
    assert revisits(filled, FIRST) == {}
    write(SECOND)
    letter = {
        "kind": "the option 'Letter' (letter) is gone",
        "length": "its unit was weeks, and is months now",
        "aim": "a quote is expected now",
        "site": "it is required now, and has no answer",
    }
    assert revisits(filled, SECOND, ann.person) == {"maker2001": letter}  # a trial is one still, and is quoted
    assert revisits(filled, SECOND)["maker2001"] == {**letter, "arms": "the sub-field arm (Arm) is new"}
    with filled.read() as connection:
        gone = versions.gone(connection, library.form_of("own", SECOND), ann.person)
        assert [(field.label, row["study"], row["value"]) for field, row in gone] == [
            ("Old field", "maker2001", "old words on maker2001"), ("Old field", "maker2002", "old words on maker2002"),
        ]  # fmt: skip
        assert len(rows.answers(connection, "own")) == 8  # nothing was taken away
    answer(filled, ann, "maker2001", "length", 6, version="2")  # confirmed as it is
    answer(filled, ann, "maker2001", "site", None, version="2", missing="not_reported")
    assert revisits(filled, SECOND, ann.person)["maker2001"].keys() == {"kind", "aim"}


def test_until_it_is_frozen_a_form_may_change_under_one_version_and_is_looked_at_again_too(
    filled: Store, ann: Actor, write: Write
) -> None:
    write(FIRST)
    answer(filled, ann, "maker2001", "length", 6)
    months = FIRST.replace("weeks", "months")
    write(months)
    answer(filled, ann, "maker2002", "length", 2)
    assert revisits(filled, months).keys() == {"maker2001"}
    write(FIRST)
    assert revisits(filled, FIRST).keys() == {"maker2002"}  # the first answer fits again


def test_of_an_answer_under_a_version_that_is_not_kept_it_is_looked_whether_it_fits(
    filled: Store, ann: Actor, write: Write
) -> None:
    answer(filled, ann, "maker2001", "length", 6, version="0")
    answer(filled, ann, "maker2001", "kind", None, version="0", missing="unclear")
    answer(filled, ann, "maker2002", "length", "six", version="0")
    answer(filled, ann, "maker2002", "kind", "essay", version="0")
    write(FIRST)
    why = "it was given under version 0, which is not kept here, and does not fit the field"
    assert revisits(filled, FIRST) == {"maker2002": {"kind": why, "length": why}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('type = "number"\nunit', 'type = "text"\nx'), "length: it was a number, and is a text now"),
        (('label = "Length"', 'label = "Duration"'), "length: it is called 'Duration' now, it was 'Length': see"),
        (('label = "Aim"', 'label = "Aim"\nguidance = "g"'), "aim: its guidance has changed: see whether"),
        (('letter = "Letter"', 'letter = "Note"'), "kind: the option letter reads 'Note' now, it was 'Letter'"),
        (('letter = "Letter"', 'letter = "Letter", x = "X"'), "kind: there is a new option: 'X' (x)"),
        (('label = "Aim"', 'label = "Aim"\nrequired = true'), "aim: is required now"),
        (('label = "Aim"', 'label = "Aim"\nwhen = { kind = "trial" }'), "aim: it is asked under another condition"),
        (('label = "N", type = "number"', 'label = "N"'), "arms: sub-field n: it was a number, and is a text now"),
    ],
)
def test_each_change_is_said_in_a_sentence(change: tuple[str, str], said: str) -> None:
    from extraction.changes import sentences

    new = FIRST.replace(*change).replace('x = "weeks"\n', "")
    told = sentences(library.form_of("own", FIRST), library.form_of("own", new))
    assert len(told) == 1 and told[0].startswith(said)
