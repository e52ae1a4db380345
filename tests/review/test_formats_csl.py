"""CSL-JSON: every member, names, dates, Zotero's notes, damaged files, and the way there and back. All is synthetic."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import formats
from review.errors import ReviewError
from review.formats.csl import FOR, TYPES
from review.record import Reading, Record


def read(value: object, name: str = "x.json") -> Reading:
    return formats.read(json.dumps(value).encode(), name=name)


def one(item: dict[str, Any]) -> Record:
    (record,) = read([item]).records
    return record


def test_every_member_of_an_article() -> None:
    item = {
        "id": "oak14", "type": "article-journal", "title": "Mentoring", "container-title": "Synth Med", "volume": "12",
        "issue": 3, "page": "142-156", "abstract": "Ab.", "keyword": "mentoring, doctors", "language": "en-GB",
        "author": [{"family": "Oak", "given": "Ann"}, {"literal": "WHO"}], "issued": {"date-parts": [[2014, 5, 31]]},
        "DOI": "10.9999/A", "PMID": "99999991", "PMCID": "PMC9999991", "ISSN": "1234-5678, 8765-4321",
        "ISBN": "978-1-4822-5326-9", "URL": "https://x.org", "publisher": "Pub", "publisher-place": "London",
        "note": "Seen", "editor": [{"family": "Elm"}], "event": "Conf",
    }  # fmt: skip
    assert one(item) == Record(
        title="Mentoring", authors=("Oak, Ann", "WHO"), date="2014-05-31", journal="Synth Med", volume="12", issue="3",
        pages="142-156", abstract="Ab.", keywords=("mentoring", "doctors"), kind="article", language="eng",
        doi="10.9999/a", pmid="99999991", pmcid="PMC9999991", issns=("1234-5678", "8765-4321"),
        isbns=("9781482253269",), url="https://x.org", publisher="Pub", place="London", source_id="oak14",
        notes=("Seen",), extra=(("editor", '[{"family": "Elm"}]'), ("event", "Conf")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("person", "author"),
    [
        ({"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"}, "van der Berg, Jan"),
        ({"family": "Humboldt", "given": "Alexander", "dropping-particle": "von"}, "Humboldt, Alexander von"),
        ({"family": "Oak", "given": "Ann", "suffix": "Jr."}, "Oak, Ann, Jr."),
        ({"family": "Plato"}, "Plato"),
        ({"given": "Ann"}, "Ann"),
        ({"literal": "Health and Care Board"}, "Health and Care Board"),
        ("Oak, Ann", "Oak, Ann"),
    ],
)
def test_names(person: object, author: str) -> None:
    assert one({"title": "T", "author": [person]}).authors == (author,)


@pytest.mark.parametrize(
    ("issued", "date", "kept"),
    [
        ({"date-parts": [[2014]]}, "2014", False),
        ({"date-parts": [["2014", "05"]]}, "2014-05", False),
        ({"raw": "31 May 2014"}, "2014-05-31", False),
        ({"literal": "2014"}, "2014", False),
        ({"date-parts": [[2014, 5], [2014, 7]]}, "2014-05", True),
        ({"date-parts": [[2014]], "season": 2}, "2014", True),
        ("2014-05", "2014-05", False),
        ({"date-parts": [[None]]}, None, True),
        ({"literal": "in press"}, None, True),
    ],
)
def test_dates(issued: object, date: str | None, kept: bool) -> None:
    record = one({"title": "T", "issued": issued})
    assert (record.date, [name for name, _ in record.extra]) == (date, ["issued"] if kept else [])


def test_zotero_keeps_identifiers_in_the_note_and_crossref_lists_of_one() -> None:
    record = one({"title": "T", "note": "PMID: 99999991\nPMCID: PMC9999991", "type": "review-book"})
    assert (record.pmid, record.pmcid, record.kind) == ("99999991", "PMC9999991", "commentary")
    record = one(
        {"title": ["T"], "container-title": ["J"], "ISSN": ["1234-5678"], "abstract": "<jats:p>A &lt; b</jats:p>"}
    )
    assert (record.title, record.journal, record.issns, record.abstract) == ("T", "J", ("1234-5678",), "A < b")


@pytest.mark.parametrize("wrap", [lambda item: item, lambda item: [item], lambda item: {"items": [item]}])
def test_one_item_a_list_and_a_list_under_items(wrap: Any) -> None:
    assert [record.title for record in read(wrap({"title": "T"}), name="x.txt").records] == ["T"]


def test_a_file_that_is_cut_gives_what_stands_before_the_cut() -> None:
    data = json.dumps([{"title": "A"}, {"title": "B"}]).encode()
    reading = formats.read(data[:-8], name="x.json")
    assert [record.title for record in reading.records] == ["A"]
    assert [item.position for item in reading.rejected] == [2] and "damaged or cut" in reading.losses[0]
    reading = formats.read(data[:-1], name="x.json")
    assert len(reading.records) == 2 and "not closed" in reading.losses[0]


def test_what_is_no_item_is_set_aside_and_no_list_is_refused() -> None:
    reading = read([{"title": "A"}, 5, {"volume": "1"}])
    assert [item.position for item in reading.rejected] == [2, 3] and len(reading.records) == 1
    with pytest.raises(ReviewError, match="no list of CSL-JSON items"):
        formats.read(b"hello", name="x.json", format="csl-json")
    assert read([]).losses == ("the file holds no records",)


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"title": ' * 50_000, '[{"title": 1' + "0" * 10_000 + "}]"])
def test_hostile_json_is_no_crash(text: str) -> None:
    reading = formats.read(text.encode(), name="x.json", format="csl-json")
    assert reading.records or reading.rejected


def test_what_is_written() -> None:
    record = Record(title="T", authors=("Oak, Ann", "WHO"), date="2014-05", kind="review", keywords=("a", "b, c"))
    assert json.loads(formats.write([record], "csl-json")) == [
        {
            "id": "record-1",
            "type": "article-journal",
            "title": "T",
            "author": [{"family": "Oak", "given": "Ann"}, {"literal": "WHO"}],
            "issued": {"date-parts": [[2014, 5]]},
            "keyword": "a; b, c",
            "custom": {"review": {"kind": "review"}},
        }
    ]


def test_each_type_that_is_written_is_read_as_the_same_kind_or_carried() -> None:
    assert set(FOR.values()) <= set(TYPES)
    for kind in [*FOR, "trial", "other", None]:
        record = Record(title="T", kind=kind)  # type: ignore[arg-type]
        assert formats.read(formats.write([record], "csl-json"), name="x.json").records == (record,)


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x7f\x85\u2028\u2029\ufeff"),
    min_size=1,
    max_size=9,
)
TEXTS = TEXT.filter(str.strip)
WORDS = st.lists(TEXTS, max_size=3).map(tuple)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple)
MAYBE = st.none() | TEXTS
RECORDS = st.builds(
    Record, title=TEXTS, authors=WORDS, date=st.sampled_from([None, "2014", "2014-05", "2014-05-31"]), journal=MAYBE,
    volume=MAYBE, pages=MAYBE, abstract=MAYBE, keywords=WORDS, kind=st.sampled_from([None, "review", "trial", "web"]),
    language=MAYBE, doi=st.sampled_from([None, "10.9999/a"]), issns=st.sampled_from([(), ("1234-5678",)]), url=MAYBE,
    flags=WORDS, source_id=MAYBE, identifiers=PAIRS, notes=WORDS, extra=PAIRS,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_every_record_is_read_back_as_it_was(records: list[Record]) -> None:
    data = formats.write(records, "csl-json")
    reading = formats.read(data, name="x.json")
    assert list(reading.records) == records and reading.losses == ()
    assert data == formats.write(records, "csl-json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
MEMBERS = [
    "id",
    "type",
    "title",
    "author",
    "issued",
    "custom",
    "keyword",
    "note",
    "ISSN",
    "DOI",
    "language",
    "genre",
    "page",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(MEMBERS), JSON, max_size=8), max_size=3))
def test_any_json_in_any_member_is_a_record_or_set_aside(items: list[dict[str, Any]]) -> None:
    reading = read([*items, {"title": "T"}])
    assert len(reading.records) + len(reading.rejected) == len(items) + 1
