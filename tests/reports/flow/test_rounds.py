"""Citation searching round by round: every entry accounted for, from the ways that the store notes on the hits."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_log import Log, gather, papers
from sqlalchemy import update

from reports import round_rows, rows
from reports.flow.boxes import chart
from reports.flow.rounds import Rounds, count_rounds
from reports.material import Material
from reports.snowballing import snowballing
from review.errors import CountError
from review.record import Record
from review.store import schema
from searches.citing import chase


def _hits(*ways: str, start: int) -> list[Record]:
    """Make hits; the ways of each are ``<round><b or f><seed>``, several apart by a space."""
    words = {"b": "backward", "f": "forward"}
    extras = (
        tuple(
            (chase.WAY, f"round {way[0]}, {words[way[1]]}, from report {way[2:]} (W{way[2:]})") for way in some.split()
        )
        for some in ways
    )
    return [replace(paper, extra=extra) for paper, extra in zip(papers(len(ways), start=start), extras, strict=True)]


def _searched(log: Log) -> None:
    """Two rounds at two indexes: reports 1-3 of a database, 4 of a website, 5-8, 9-10 and 11-12 of lists."""
    log.search(papers(3))
    log.search(papers(1, start=4), kind="website", source="who")
    facts = {"kind": "citation", "method": "snowball"}
    log.search(_hits("1b1 1b2", "1f1", "1b2", "1f2", start=10), source="openalex", label="OpenAlex",
               query="both: report:1, report:2", hits=6, **facts)  # fmt: skip
    log.search(_hits("1b1", "1b1", start=20), source="s2", label="S2", query="backward: report:1", **facts)
    log.search(_hits("2b5", "2b5", start=30), source="openalex", label="OpenAlex", query="backward: report:5", **facts)
    # 5 = 9: twice in round 1; 6 is report 3 of the database; 7 is the website's; 11 = 5 again in round 2; 8, 10, 12 new
    log.merge((5, 9, 11), (3, 6), (4, 7))
    log.vote([5, 8, 12], "include")
    log.vote([10], "exclude")
    log.vote([5, 8], "include", stage="full-text")


def counted(log: Log) -> Rounds:
    with log.store.read() as connection:
        rounds = Material(connection, log.protocol).rounds
    assert rounds is not None
    return rounds


def test_every_entry_is_new_or_known_from_somewhere(log: Log) -> None:
    _searched(log)
    rounds = counted(log)
    found = {
        (one.number, one.direction): (
            one.hits, one.main, one.elsewhere, one.earlier, one.repeated, one.new, one.screened, one.included,
        )
        for one in rounds.rounds
    }  # fmt: skip
    assert found == {
        (1, "backward"): (5, 0, 1, 0, 2, 2, 2, 1),  # 5 by two seeds and again as 9; 7 from the website; 10
        (1, "forward"): (2, 1, 0, 0, 0, 1, 1, 1),  # 6 is of the database; 8
        (2, "backward"): (2, 0, 0, 1, 0, 1, 1, 0),  # 11 is 5; 12
    }
    first = rounds.rounds[0]
    assert (first.seeds, first.indexes, first.searches, first.unfinished) == (2, ("OpenAlex", "S2"), 2, 0)
    assert [(s.report, s.backward, s.forward, s.reports, s.included) for s in rounds.followed] == [
        (1, 3, 1, 3, 1), (2, 2, 1, 3, 2), (5, 2, 0, 2, 1),
    ]  # fmt: skip
    assert rounds.reports == 6 <= sum(seed.reports for seed in rounds.followed)


def test_the_new_ones_are_those_of_the_diagram_and_its_footnote_gives_the_denominators(log: Log) -> None:
    _searched(log)
    with log.store.read() as connection:
        m = gather(connection, log.protocol)
        flow, tables = m.flow, list(snowballing(m.rounds))
    assert flow.citations_results == sum(one.new for one in counted(log).rounds) == 4
    said = re.sub(r"\s", " ", next(note for note in chart(flow, "T").footnotes if "Citation searching" in note))
    assert said.endswith(
        "(rounds: 2; seeds: 3): 9 entries of lists. Known from databases or registers: 1; from other methods: 1; from"
        " an earlier round: 1; repeated within a round: 2; new: 4."
    )
    assert [one.block for one in tables] == ["by round", "by seed"]
    assert tables[0].rows[-1][4:] == ("9", "1", "1", "1", "2", "4", "4", "2")
    assert tables[1].rows[-1][2:] == ("7", "2", "6", "2")


def test_fewer_entries_than_are_kept_of_them_do_not_balance(log: Log) -> None:
    _searched(log)
    with log.store.write() as connection:
        connection.execute(update(schema.search).where(schema.search.c.id == 3).values(hits=4))
    with pytest.raises(CountError, match=r"\(F13\): search 3 had 4 entries, but 5 are kept of it"):
        counted(log)


def test_a_report_that_no_entry_led_to_is_named(log: Log) -> None:
    _searched(log)
    with log.store.read() as connection:
        read, ends, found = round_rows.citing(connection), rows.terminals(connection), rows.sources(connection)
    assert read is not None
    fewer = replace(read, ways=tuple(way for way in read.ways if way.record not in (8, 12)))
    with pytest.raises(
        CountError, match=r"\(F13\): 4 reports in the flow, 2 in its rounds; in question: report 8, 12$"
    ):
        count_rounds(fewer, ends, found)


def test_a_search_that_stopped_has_its_round_and_no_numbers(log: Log) -> None:
    _searched(log)
    log.search([], kind="citation", method="snowball", source="openalex", query="forward: report:12", hits=None,
               status="incomplete")  # fmt: skip
    last = counted(log).rounds[-1]
    assert (last.number, last.direction, last.unfinished, last.seeds) == (3, "forward", 1, 1)
    table = next(snowballing(counted(log)))
    assert table.rows[-2][4:] == (None,) * 8
    assert "not complete, and not counted: 1" in (table.note or "")


def test_a_hit_without_a_note_is_counted_and_said_to_be_of_no_known_round(log: Log) -> None:
    log.search(papers(2), kind="citation", method="snowball", source="openalex", query="forward: report:9")
    one = counted(log).rounds[0]
    assert (one.number, one.direction, one.hits, one.new) == (None, "forward", 2, 2)


def test_without_citation_searching_there_is_no_table(log: Log) -> None:
    log.search(papers(2))
    log.search(papers(1), kind="citation", source="by_hand")
    with log.store.read() as connection:
        assert round_rows.citing(connection) is None
        assert list(snowballing(Material(connection, log.protocol).rounds)) == []
