"""Each step by itself: normalise, block, compare, judge, cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from review.record import Record
from searches.dedupe import REASONS
from searches.dedupe.block import WINDOW, block, canonical
from searches.dedupe.cluster import LARGEST, Pair, cluster
from searches.dedupe.compare import compare
from searches.dedupe.journals import agreement
from searches.dedupe.judge import judge
from searches.dedupe.normalise import COLUMNS, normalise
from searches.dedupe.rules import MERGE, UNSURE, VETO
from searches.dedupe.titles import read_title


def candidates(records: list[Record]) -> int:
    table = normalise(records)
    order = canonical(table, [str(i) for i in range(len(table))])
    return len(block(table.iloc[order].reset_index(drop=True))[0])


def scores(left: Record, right: Record) -> pd.Series:
    return compare(normalise([left, right]), np.array([0]), np.array([1]), every=True).iloc[0]


def test_a_record_without_anything_is_unknown_in_every_column() -> None:
    row = normalise([Record()]).iloc[0]
    assert list(row.index) == list(COLUMNS)
    assert row["year"] != row["year"]
    assert {row[name] for name in COLUMNS if name not in ("year", "generic")} == {"", ()}


@pytest.mark.parametrize(
    ("authors", "words"),
    [
        (("Vollenweider, Franz X",), "vollenweider"),
        (("Vollenweider F.X.",), "vollenweider"),
        (("Adeli K.Lewis G. F.",), "adeli lewis"),
        (("Connor MP", "Laloë, P.-A."), "connor laloe"),
        (("van der Vleuten, C. P.",), "vleuten"),
        (("Li, W",), "li"),
        (("Anonymous",), ""),
        (("Department of Health",), "department of health"),
    ],
)
def test_family_names(authors: tuple[str, ...], words: str) -> None:
    assert normalise([Record(authors=authors)]).iloc[0]["authors"] == words


@pytest.mark.parametrize(
    ("journal", "words"),
    [
        ("Stroke. Conference: 6th Meeting of Nobody. Utopia.", "stroke"),
        ("Trials [Electronic Resource]", "trials"),
        ("Fiction : official organ of the society of nothing", "fiction"),
        ("Colloids and Surfaces B: Biointerfaces", "colloids and surfaces b biointerfaces"),
    ],
)
def test_journal_names_lose_what_stands_beside_them(journal: str, words: str) -> None:
    assert normalise([Record(journal=journal)]).iloc[0]["journal"] == words


@pytest.mark.parametrize(
    ("volume", "pages", "expected"),
    [
        ("3", "482-91", "482"),
        ("3", "142‐6", "142"),
        ("3", "CD002273", "2273"),
        ("3", "No-Specified", ""),
        ("3", "1-17", "1"),
        (None, "1-17", ""),
        (None, "215 p", ""),
        (None, "p. 40", "40"),
    ],
)
def test_first_page(volume: str | None, pages: str, expected: str) -> None:
    assert normalise([Record(volume=volume, pages=pages)]).iloc[0]["page"] == expected


@pytest.mark.parametrize(
    ("title", "words", "sort", "numbers"),
    [
        ("[Care of burns]. [Chinese]", "care of burns", "", ()),
        ("[Review of the care of burns]", "review of the care of burns", "", ()),
        ("RETRACTED: Care of burns", "care of burns", "", ()),
        ("Care of burns [Erratum appears in J Imag Med 1;2:3]", "care of burns", "", ()),
        ("Erratum: care of burns", "erratum care of burns", "erratum", ()),
        ("Author's reply", "author s reply", "reply", ()),
        ("Care of burns II", "care of burns ii", "", ("2",)),
        ("Care of burns. Tenth report", "care of burns tenth report", "", ("10",)),
        ("Unknown", "", "", ()),
    ],
)
def test_titles(title: str, words: str, sort: str, numbers: tuple[str, ...]) -> None:
    assert read_title(title)[:3] == (words, sort, numbers)


@pytest.mark.parametrize(
    ("title", "generic"),
    [
        ("Editorial", True),
        ("Editorial: the state of things to come in medicine", True),
        ("Letters to the editor", True),
        ("Book review", True),
        ("Mentoring matters", False),
        ("Correction of severe hyponatraemia in older adults", False),
        ("Reviews of care", True),
    ],
)
def test_generic_titles(title: str, generic: bool) -> None:
    assert read_title(title).generic is generic


def test_a_title_that_repeats_the_journal_is_no_title() -> None:
    assert read_title("Annals of Fiction", "Annals of Fiction").words == ""


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("br j gen pract", "british journal of general practice", True),
        ("proc natl acad sci", "proceedings of the national academy of sciences", True),
        ("jama", "journal of the american medical association", True),
        ("diabetes", "diabetologia", False),
        ("lancet", "annals of fiction", False),
        ("atherosclerosis supplements", "atherosclerosis", True),
    ],
)
def test_journals(left: str, right: str, alike: bool) -> None:
    assert (agreement(left, right) >= 0.8) is alike
    assert agreement(left, right) == agreement(right, left)


def one_title(title: str, n: int) -> list[Record]:
    return [
        Record(title=title, date="2004", journal="Annals of Fiction", volume=str(i % 40), pages=str(i))
        for i in range(n)
    ]


def test_huge_blocks_stay_linear() -> None:
    half, full = (candidates(one_title("Meeting of the society of nothing in particular", n)) for n in (2000, 4000))
    assert 0 < full <= 4000 * WINDOW
    assert full <= 2.1 * half


def test_a_title_that_many_bear_finds_nobody() -> None:
    assert candidates(one_title("Editorial", 4000)) == 0


def test_blocks_pair_each_two_once_and_cover_different_slips() -> None:
    records = [
        Record(title="Sleep of surgeons after night duty", doi="10.5555/a"),
        Record(title="Nothing alike here at all", doi="10.5555/a"),
        Record(title="Sleeep of surgeons after night duty"),
        Record(title="Sleep of surgeons after night duties", volume="3", pages="4"),
        Record(title="Schlaf von Chirurgen", volume="3", pages="4-9"),
    ]
    left, right = block(normalise(records))
    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    assert {(0, 1), (0, 2), (0, 3), (3, 4)} <= set(pairs)
    assert all(a < b for a, b in pairs)


def test_missing_values_are_unknown_never_equal() -> None:
    pair = scores(Record(title="Sleep of surgeons"), Record(title="Sleep of surgeons"))
    assert pair["title"] == 1
    assert pair[["authors", "journal", "volume", "page", "doi", "pmid", "gap", "abstract"]].isna().all()


def test_compare_drops_pairs_with_nothing_in_common() -> None:
    table = normalise([Record(title="Sleep of surgeons"), Record(title="Quantum gravity")])
    assert compare(table, np.array([0]), np.array([1])).empty


def test_conference_names_never_contradict() -> None:
    pair = scores(Record(journal="Proceedings of AMCIS"), Record(journal="Americas Conference on Systems"))
    assert pair["journal"] != pair["journal"]
    assert pair["venue"] == 1


def test_a_shared_issn_settles_the_journal() -> None:
    one, other = Record(journal="Zhonghua Zazhi", issns=("0000-0019",)), Record(journal="X", issns=("0000-0019",))
    assert scores(one, other)["journal"] == 1


def test_every_name_is_used_once_and_has_a_sentence() -> None:
    names = [row.name for row in (*MERGE, *UNSURE)] + [f"not_{row.name}" for row in VETO]
    assert len(names) == len(set(names))
    assert set(names) < set(REASONS)
    assert all(REASONS.values())


def test_judge_names_the_first_rule_and_the_veto_that_stops_it() -> None:
    record = Record(title="Sleep of surgeons after night duty", authors=("Elm, A",), date="2004", doi="10.5555/a")
    table = normalise([record, record, Record(title=record.title, authors=("Elm, A",), date="2004", doi="10.5555/b")])
    judged = judge(compare(table, np.array([0, 0]), np.array([1, 2])))
    assert judged["rule"].tolist() == ["doi", "not_doi"]
    assert judged["verdict"].tolist() == ["same", "different"]
    assert judged["stopped"].tolist() == [False, True]


def forbid(*pairs: Pair):  # type: ignore[no-untyped-def]
    return lambda inner: set(pairs) & set(inner)


def test_cluster_refuses_the_weaker_of_two_links() -> None:
    found = cluster([(0, 1), (1, 2)], forbid((0, 2)))
    assert found.groups.all() == [[0, 1]]
    assert (found.used, found.disputed) == (((0, 1),), ((1, 2),))


def test_cluster_checks_groups_not_only_pairs() -> None:
    found = cluster([(0, 1), (2, 3), (1, 2)], forbid((0, 3)))
    assert found.groups.all() == [[0, 1], [2, 3]]


def test_sure_links_explain_contradictions() -> None:
    found = cluster([(0, 1), (1, 2)], forbid((0, 2)), sure=[(0, 1)])
    assert found.groups.all() == [[0, 1, 2]]


def test_apart_is_never_explained() -> None:
    found = cluster([(1, 2)], forbid(), certain=[(0, 1)], apart=frozenset({(0, 2)}))
    assert found.groups.all() == [[0, 1]]


def test_clusters_do_not_grow_beyond_belief() -> None:
    found = cluster([(0, i) for i in range(1, LARGEST + 3)], forbid())
    assert len(found.groups.of(0)) == LARGEST
    assert found.crowded == ((0, LARGEST), (0, LARGEST + 1), (0, LARGEST + 2))
