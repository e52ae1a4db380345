"""Known papers: lists of ids in every spelling, exports, papers that are given twice, and what tells papers apart."""

from __future__ import annotations

import pytest

from review.errors import ReviewError
from review.record import Record
from searches.papers import Index, read_papers, same

SICI = "10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"


def ids(text: str, name: str = "known.txt") -> list[str]:
    return [paper.id for paper in read_papers(text.encode(), name).papers]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("10.1000/ABC", ["10.1000/abc"]),
        ("https://doi.org/10.1000/abc", ["10.1000/abc"]),
        ("doi: 10.1000/abc.", ["10.1000/abc"]),
        ("12345678", ["12345678"]),
        ("PMID: 00123", ["123"]),
        ("https://pubmed.ncbi.nlm.nih.gov/123/", ["123"]),
        ("PMC1484727", ["PMC1484727"]),
        ("10.1000/p;10.1000/q", ["10.1000/p", "10.1000/q"]),
        (SICI.upper(), [SICI]),
        ("Smith 2010, 10.1000/abc, p. 12", ["10.1000/abc"]),
        ("Smith 2010 (PMID 55)", ["55"]),
    ],
)
def test_a_line_of_a_list(line: str, found: list[str]) -> None:
    assert ids(line + "\n") == found


def test_a_list_may_mix_forms_have_a_header_and_blank_lines() -> None:
    assert ids("\ufeffDOI\r\n10.1000/a\r\n\r\n123\r\nPMID:124\r\n") == ["10.1000/a", "123", "124"]


def test_ids_of_one_line_are_one_paper() -> None:
    (paper,) = read_papers(b"pmid,doi\n123,10.1000/a\n", "known.csv").papers
    assert (paper.id, paper.record.doi, paper.record.pmid) == ("10.1000/a", "10.1000/a", "123")


def test_a_line_without_an_id_is_said_and_the_others_are_read() -> None:
    given = read_papers(b"Smith 10.1000/a\nno id here\n123\n", "known.txt")
    assert [paper.id for paper in given.papers] == ["10.1000/a", "123"]
    assert [(one.position, one.raw) for one in given.rejected] == [(2, "no id here")]


def test_a_paper_given_twice_counts_once_also_through_a_third() -> None:
    assert ids("10.1000/a\n123\n10.1000/A\n10.1000/a,123\n124\n") == ["10.1000/a", "124"]


def test_an_export_is_read_and_what_names_no_paper_is_said() -> None:
    ris = (
        "TY  - JOUR\nTI  - On mentoring of doctors\nPY  - 2014\nER  - \n"
        "TY  - JOUR\nAU  - Doe, J\nPY  - 2014\nER  - \n"
        "TY  - JOUR\nTI  - On Mentoring of Doctors.\nPY  - 2014\nDO  - 10.1000/x\nER  - \n"
    )
    given = read_papers(ris.encode(), "known.ris")
    assert [(paper.id, paper.record.doi) for paper in given.papers] == [("On mentoring of doctors", "10.1000/x")]
    assert [(one.position, one.reason) for one in given.rejected] == [(2, "it has no DOI, PMID or title to look for")]


def test_a_table_of_titles_is_read() -> None:
    assert ids("DOI;Title\n10.1000/a;One paper\n;Another paper\n", "known.csv") == ["10.1000/a", "Another paper"]


@pytest.mark.parametrize("data", [b"", b"nothing that is an id\n", b"<html><body>log in</body></html>"])
def test_what_holds_no_paper_is_refused(data: bytes) -> None:
    with pytest.raises(ReviewError):
        read_papers(data, "known.txt")


TITLED = Record(title="On mentoring", date="2014", authors=("Doe, Jane",))


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        (Record(doi="10.1000/a", title="A"), Record(doi="10.1000/a", title="B"), "DOI"),
        (Record(pmid="1"), Record(pmid="1", doi="10.1000/a"), "PMID"),
        (Record(pmcid="PMC1"), Record(pmcid="PMC1"), "PMCID"),
        (Record(source_id="W1"), Record(source_id="W1", title="A"), "source id"),
        (Record(source_id="17", title="A"), Record(source_id="17", title="B"), None),
        (TITLED, Record(title="ON MENTORING.", date="2014-05"), "title and year"),
        (TITLED, Record(title="On mentoring", date="2013"), None),
        (TITLED, Record(title="On mentoring"), None),
        (TITLED, Record(title="On mentoring", date="2014", authors=("Roe, R",)), None),
        (TITLED, Record(title="On mentoring", date="2014", doi="10.1000/a", authors=("DOE, J",)), "title and year"),
        (Record(title="T", date="2014", doi="10.1000/a"), Record(title="T", date="2014", doi="10.1000/b"), None),
        (Record(title="T", date="2014", doi="10.1000/a"), Record(title="T", date="2014", pmid="1"), "title and year"),
    ],
)
def test_what_makes_two_records_one_paper(one: Record, other: Record, how: str | None) -> None:
    assert same(one, other) == same(other, one) == how
    index = Index()
    index.add(7, other)
    assert index.find(one) == ({7: how} if how else {})
