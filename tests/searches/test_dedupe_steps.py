"""Each step by itself: normalise, block, compare, judge, cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from review import identifiers
from review.record import Record
from searches.dedupe import OFFERS, REASONS
from searches.dedupe.block import WINDOW, block, canonical
from searches.dedupe.cluster import LARGEST, Pair, cluster
from searches.dedupe.compare import compare
from searches.dedupe.journals import agreement
from searches.dedupe.judge import judge
from searches.dedupe.normalise import COLUMNS, normalise
from searches.dedupe.rules import MERGE, UNSURE, VETO
from searches.dedupe.titles import exchanged, read_title


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
        (("F X, Vollenweider",), "vollenweider"),
        (("Smith J, Jones KL, Brown A",), "smith jones brown"),
        (("García, Ana", "GarcÃ­a, Luis", "Jørgensen, Bo"), "garcia garcia jorgensen"),
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
        ("Fiction (London, England)", "fiction"),
        ("Fiktion = Fiction : a monthly", "fiktion|fiction"),
        ("Annals of …", ""),
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
        ("3", "xi-xiv", "xi"),
        ("3", "pp. 123; discussion 130", "123"),
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
        ("Care of burns, part B", "care of burns part b", "", ("b",)),
        ("Type II burns", "type ii burns", "", ("2",)),
        ("Care of burns [published erratum appears in J [Imag] 1;2:3", "care of burns", "", ()),
        ("Care of burns (Retracted article. See vol. 3, 2001)", "care of burns", "", ()),
        ("Care of burns [Article in French]", "care of burns", "", ()),
        ("Care of burns (Protocol)", "care of burns protocol", "protocol", ()),
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
        ("From the editors", True),
        ("Call for papers: digital work in small firms of the south", True),
        ("Introduction to the mini track on digital work in small firms", True),
    ],
)
def test_generic_titles(title: str, generic: bool) -> None:
    assert read_title(title).generic is generic


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("survey of men", "survey of women", True),
        ("one year results", "five year results", True),
        ("hepatitis b", "hepatitis c", True),
        ("ureteral stones", "urethral stones", True),
        ("controlled asthma", "uncontrolled asthma", True),
        ("surgery with mesh", "surgery without mesh", True),
        ("cyp2d6 and pain", "cyp2c19 and pain", True),
        ("two knees vs hips", "2 knees versus hips", False),
        ("tumours of the lung", "tumors of the lungs", False),
        ("survey of nurses", "survey ofn urses", False),
        ("survey of nurses", "surve of nurses", False),
        ("survey of nurses", "survey of nurses in towns", False),
    ],
)
def test_a_word_in_the_place_of_another(left: str, right: str, expected: bool) -> None:
    assert exchanged(left, right) is expected
    assert exchanged(right, left) is expected


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (Record(url="https://doi-org.proxy.example/10.5555/a.1"), ("10.5555/a.1",)),
        (Record(doi="10.5555/a", identifiers=(("doi", "10.5555/b"),)), ("10.5555/a", "10.5555/b")),
        (Record(notes=("doi: 10.5555/a",)), ("10.5555/a",)),
        (Record(notes=("Erratum in 10.5555/b",)), ()),
        (Record(doi="10.5555/a", url="https://example.org/10.5555/b"), ("10.5555/a",)),
    ],
)
def test_where_dois_are_found(record: Record, found: tuple[str, ...]) -> None:
    assert normalise([record]).iloc[0]["dois"] == found


@pytest.mark.parametrize(
    "disguise",
    [
        "10.5555/ABC(1)2 and http://dx.doi.org/10.5555/abc(1)2",
        "10.5555%252Fabc%25281%25292",
        "10.5555/abc(1)2/abstract.",
        "10.5555/abc(1)2.full.pdf",
        "https://example.org/article?id=10.5555/abc(1)2&type=printable",
        "10.5555/abc(1)2?download=true",
        "10.5555/abc(1)2#sec1",
        "10.5555/abc(1)2[doi]",
        "10.5555\\/abc(1)2</a>",
        "10.5555/abc(1)2; 10.5555/ABC(1)2",
    ],
)
def test_disguises_of_a_doi(disguise: str) -> None:
    assert identifiers.dois(disguise) == ("10.5555/abc(1)2",)


@pytest.mark.parametrize(
    "doi",
    [
        "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-#",
        "10.1890/0012-9658(2006)87[1465:atomic]2.0.co;2",
        "10.1016/j.full.2010.01.abc",
    ],
)
def test_dois_that_look_odd_stay_whole(doi: str) -> None:
    assert identifiers.dois(doi) == (doi,)


def test_an_address_of_a_preprint_server_names_the_version_and_the_doi_does_not() -> None:
    assert identifiers.dois("10.1101/2020.01.01.123456v2.full") == ("10.1101/2020.01.01.123456",)


def test_what_changed_places_agrees() -> None:
    left = Record(title="Care of burns", authors=("Amber, Franziska",), volume="12", issue="3", pages="1-9")
    right = Record(title="Care of burns", authors=("Franziska, Amber",), volume="3", issue="12", pages="40-48")
    pair = scores(left, right)
    assert (pair["authors"], pair["volume"]) == (1, 1)
    assert pair["page"] != pair["page"], "pages counted from 1 say nothing against others"


def test_a_volume_that_is_the_year_is_none() -> None:
    assert normalise([Record(date="2014", volume="2014")]).iloc[0]["volume"] == ""


def test_every_offer_belongs_to_a_name() -> None:
    assert set(OFFERS) <= set(REASONS)
    assert set(OFFERS.values()) == {"study"}


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
        ("ann n y acad sci", "annals of the new york academy of sciences", True),
        (
            "proc natl acad sci usa",
            "proceedings of the national academy of sciences of the united states of america",
            True,
        ),
        ("ajr am j roentgenol", "american journal of roentgenology", True),
        ("j gerontol a biol sci", "journals of gerontology series a biological sciences", True),
        ("j alzheimers dis", "journal of alzheimer s disease", True),
        ("jama", "jama journal of the american medical association", True),
        ("fiktion|fiction", "fiction", True),
        ("annals of internal medicine", "archives of internal medicine", False),
        ("journal of neurology", "journal of neuropsychology", False),
        ("brain", "brain injury", False),
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
