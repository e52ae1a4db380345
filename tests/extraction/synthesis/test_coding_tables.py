"""Findings, themes, configurations and memos out and in: the same back, faults with their rows, nobody overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from extraction import library
from extraction.synthesis import cmo, coding, coding_rows, coding_tables, findings, memos, themes
from extraction.synthesis.cmo import Configuration
from extraction.synthesis.coding import Coding
from extraction.synthesis.coding_tables import Desk
from extraction.synthesis.findings import Finding
from extraction.tabular.exchange import Table, write_csv
from extraction.tabular.workbooks import write_xlsx
from review.errors import DecisionError
from review.protocol import Protocol
from review.store import Actor, Store

KEYS = ("maker2001", "maker2002")
WORKWELL = library.framework("bitc-workwell")
SINGLE = Protocol("Mentoring", "What is known?", "0" * 64, "")
HOSTILE = "=cmd|' /C calc'!A0; “two”,\nlines\t<script>alert(1)</script> 'x'"


def desk(store: Store, actor: Actor) -> Desk:
    with store.read() as connection:
        known = findings.known(connection, WORKWELL)
        return coding_tables.desk(connection, known, actor.person, coding_rows.codings(connection))


def save(store: Store, actor: Actor, name: str, text: str) -> int:
    plan = coding_tables.plan(name, desk(store, actor), text.encode())
    return coding_tables.save(store, actor, WORKWELL, name, plan)


@pytest.fixture
def coded(two_studies: Store, ann: Actor, ben: Actor) -> Store:
    for actor, keys in ((ann, KEYS), (ben, KEYS[:1])):
        given = [Coding(key, "H1", "Calm", "emergent:calm", "+") for key in keys]
        coding.put(two_studies, actor, SINGLE, WORKWELL, KEYS, given)
    one, two = (f"H1:{KEYS[0]}", ann.person), (f"H1:{KEYS[0]}", ben.person)
    findings.save(two_studies, ann, WORKWELL, Finding("F1", "emergent:calm", HOSTILE, [one], [two], HOSTILE), None)
    given_cmo = Configuration("C1", HOSTILE, ["a", "b; c"], HOSTILE, "If", [KEYS[0], "Other"], [one], [two], "n")
    cmo.save(two_studies, ben, given_cmo, None)
    themes.rename(two_studies, ann, "emergent:calm", label="Calm, 'at rest'", gloss=HOSTILE, base=None)
    memos.save(two_studies, ann, WORKWELL, "health", HOSTILE)
    return two_studies


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("name", list(coding_tables.COLUMNS))
def test_what_goes_out_comes_back_the_same(
    coded: Store, ann: Actor, name: str, write: Callable[[Table], bytes]
) -> None:
    at = desk(coded, ann)
    table = coding_tables.table(name, at)
    plan = coding_tables.plan(name, at, write(table))
    assert (plan.changes, plan.faults) == ((), ())
    assert plan.same == 1
    assert plan.same + plan.empty == len(table.rows)


def test_one_id_for_two_statements_of_two_coders_is_not_taken_for_one(coded: Store, ann: Actor, ben: Actor) -> None:
    """A finding that named the statement of one coder was put on the codings of the other, who said another thing."""
    coding.put(coded, ann, SINGLE, WORKWELL, KEYS, [Coding(KEYS[0], "S1", "Sleep", "health", "+")])
    coding.put(coded, ben, SINGLE, WORKWELL, KEYS, [Coding(KEYS[0], "S1", "No pay", "work", "-")])
    rows = "key,theme,statement,supporting,contradicting,note\nF2,health,New,{},,\n"
    with coded.read() as connection:
        before = findings.all(connection)
    plan = coding_tables.plan("findings", desk(coded, ann), rows.format("S1").encode())
    assert "Ann and Ben each call another statement 'S1'" in str(plan.faults)
    assert save(coded, ann, "findings", rows.format(f"S1:{KEYS[0]} [Ann]")) == 1
    with coded.read() as connection:
        assert len(findings.all(connection)) == len(before) + 1


def test_a_theme_that_only_the_other_coder_used_so_far_is_not_told(coded: Store, ann: Actor, ben: Actor) -> None:
    coding.put(coded, ben, SINGLE, WORKWELL, KEYS, [Coding(KEYS[0], "S2", "Secret", "emergent:Secret", "+")])
    at = desk(coded, ann)
    hidden = replace(at, codings=tuple(row for row in at.codings if row["person"] == ann.person))
    assert "Secret" in str(coding_tables.table("themes", at).rows)
    assert "Secret" not in str(coding_tables.table("themes", hidden).rows)


def test_findings_name_codings_by_key_by_coder_or_by_statement(coded: Store, ann: Actor) -> None:
    assert save(coded, ann, "findings", (
        "key,theme,statement,supporting,contradicting,note\n"
        f"F1,health,Changed,H1:{KEYS[1]},H1:{KEYS[0]} [Ben],\n"
        "F2,emergent:CALM,New,H1,,\n"
    )) == 2  # fmt: skip
    with coded.read() as connection:
        one, two = findings.all(connection)
    assert [key for key, _ in one["supporting"]] == [f"H1:{KEYS[1]}"]
    assert (one["theme"], len(one["contradicting"]), two["theme"]) == ("health", 1, "emergent:calm")
    assert len(two["supporting"]) == 3
    table = coding_tables.table("findings", desk(coded, ann))
    assert table.rows[1][3] == f"H1:{KEYS[0]} [Ann]; H1:{KEYS[1]}; H1:{KEYS[0]} [Ben]"


def test_every_fault_is_told_with_its_row_and_nothing_is_saved(coded: Store, ann: Actor) -> None:
    text = (
        "key,theme,statement,supporting,contradicting,note\n"
        f"F1,health,It calms,H1:{KEYS[0]},,\n"
        "F2,helth,It calms,,,\n"
        "F3,health,It calms,H2,,\n"
        "F3,health,,,,\n"
    )
    with pytest.raises(DecisionError) as caught:
        save(coded, ann, "findings", text)
    for words in (
        f"row 2: supporting: there is no coding or statement 'H1:{KEYS[0]}'",  # two people have one of this key
        "row 3: finding F2: there is no theme 'helth'",
        "row 4: supporting: there is no coding or statement 'H2'",
        "row 5: finding F3: has no statement",
    ):
        assert words in caught.value.message
    with coded.read() as connection:
        assert [row["statement"] for row in findings.all(connection)] == [HOSTILE]


def test_a_table_does_not_write_over_what_somebody_changed_meanwhile(coded: Store, ann: Actor, ben: Actor) -> None:
    text = b"key,theme,statement,supporting,contradicting,note\nF1,health,From Ann's table,,,\n"
    plan = coding_tables.plan("findings", desk(coded, ann), text)
    with coded.read() as connection:
        seen = findings.all(connection)[0]["event"]
    findings.save(coded, ben, WORKWELL, Finding("F1", "health", "Ben's"), seen)
    with pytest.raises(DecisionError, match="changed while you looked"):
        coding_tables.save(coded, ann, WORKWELL, "findings", plan)
    with coded.read() as connection:
        assert findings.all(connection)[0]["statement"] == "Ben's"


def test_a_finding_keeps_a_coding_that_is_gone_until_somebody_takes_it_out(
    coded: Store, ann: Actor, ben: Actor
) -> None:
    coding.put(coded, ben, SINGLE, WORKWELL, KEYS, [Coding(KEYS[0], "H1", cleared=True)])
    at = desk(coded, ann)
    table = coding_tables.table("findings", at)
    assert coding_tables.plan("findings", at, write_csv(table)).changes == ()
    save(coded, ann, "findings", f"key,theme,statement,supporting,contradicting,note\nF1,health,Less,H1:{KEYS[1]},,\n")
    with coded.read() as connection:
        assert findings.all(connection)[0]["gone"] == []


def test_themes_are_described_and_new_ones_named_but_not_dropped_by_a_table(coded: Store, ann: Actor) -> None:
    assert save(coded, ann, "themes", "theme,label,gloss\nemergent:calm,Rest,\nemergent:Cost,,What it costs\n") == 2
    with coded.read() as connection:
        rows = {row["key"]: (row["label"], row["gloss"]) for row in coding_rows.themes(connection)}
    assert rows == {"emergent:calm": ("Rest", None), "emergent:Cost": ("Cost", "What it costs")}
    with pytest.raises(DecisionError, match="is not dropped by a table"):
        save(coded, ann, "themes", "theme,label,gloss,clear\nemergent:Cost,Cost,,yes\n")
    themes.merge(coded, ann, "emergent:Cost", "emergent:calm")
    with pytest.raises(DecisionError, match="was merged into Rest"):
        save(coded, ann, "themes", "theme,label,gloss\nemergent:Cost,Cost,\n")
