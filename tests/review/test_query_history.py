"""Histories of numbered lines as platforms show and copy them. All strategies are written for these tests."""

import pytest

from review.errors import QueryError
from review.query import Limited, Line, read_syntax, show

OVID = """Database: Ovid MEDLINE(R) <1946 to June 2016>
Search Strategy:
--------------------------------------------------------------------------------
1     exp Mentors/ (9,123)
2     (mentor$ or mentee$).ti,ab,kf. (20345)
3     or/1-2 (25000)
4     exp *Physicians/ed, px [Education, Psychology] (2000)
5     (doctor* adj3 (junior or
      train*)).tw. (3000)
6     behavio?r*.mp. (0)
7     4 or 5
8     3 and 7 (100)
9     limit 8 to (english language and humans and yr="2006 -Current") (40)
***************************
"""

EBSCOHOST = (
    'S1\t(MH "Mentorship+") OR TI ment*\tExpanders - Apply equivalent subjects\n'
    "Search modes - Boolean/Phrase\tInterface - EBSCOhost Research Databases\t1,234\n"
    "S2\tTI ( doctor* N3 junior ) OR AB peer mentor*\t"
    "Limiters - Published Date: 20060101-20161231; English Language; Peer Reviewed\tView Results (0)\n"
    "S3\tS1 AND S2\t\t5\n"
)

PUBMED = (
    "#3\tSearch #1 AND #2\t12\t08:00:00\n"
    "#2\tSearch mentor*[tiab]\t1,234\t08:00:00\n"
    '#1\tSearch: "Physicians"[Mesh]\t100,000\t07:59:01\n'
)


def test_copy_of_ovids_history() -> None:
    brought = read_syntax(OVID, "ovid")
    assert show(brought.query) == (
        '("Mentors"[heading] OR ti,ab,kw:(mentor* OR mentee*)) AND '
        '("Physicians/education,psychology"[heading:major] OR ti,ab:(doctor* NEAR/2 (junior OR train*)))'
    )
    assert brought.limits == Limited("2006", None, ("eng",))
    assert brought.losses == (
        ("the limit humans is left out", "broader"),
        ("line 6 is used by no other line, so it is left out", "none"),
        (
            "the text before the first line is left out: "
            "Database: Ovid MEDLINE(R) <1946 to June 2016> Search Strategy:",
            "none",
        ),
    )
    hits = [9123, 20345, 25000, 2000, 3000, 0, None, 100, 40]
    assert [(line.number, line.hits) for line in brought.lines] == list(enumerate(hits, 1))
    assert [fault.where for fault in brought.faults] == ["line 6"]
    assert "found nothing: behavio?r*.mp." in brought.faults[0].what


def test_copy_of_ebscohosts_table_with_limiters_beside_a_line() -> None:
    brought = read_syntax(EBSCOHOST, "ebscohost")
    assert show(brought.query) == (
        '("Mentorship"[heading] OR ti:ment*) AND (ti:(doctor* NEAR/3 junior) OR ab:"peer mentor*")'
    )
    assert brought.limits == Limited("2006-01-01", "2016-12-31", ("eng",))
    assert ("the limit Peer Reviewed is left out", "broader") in brought.losses
    assert [line.hits for line in brought.lines] == [1234, 0, 5]
    assert [fault.where for fault in brought.faults] == ["line 2"]


def test_copy_of_pubmeds_history_newest_line_first() -> None:
    brought = read_syntax(PUBMED, "pubmed")
    assert show(brought.query) == '"Physicians"[mh] AND ti,ab,kw:mentor*'
    assert brought.lines == (
        Line(1, '"Physicians"[Mesh]', 100000),
        Line(2, "mentor*[tiab]", 1234),
        Line(3, "#1 AND #2", 12),
    )


JOINED = [
    ("ovid", "1. a.ti.\n2. b.ti.\n3. 1 and 2", "ti:a AND ti:b"),
    ("ovid", "1. a.ti.\n2. b.ti.\n1 and 2", "ti:a AND ti:b"),
    ("ovid", "1 a.ti.\n2 b.ti.\n3 c.ti.\n4 and/1,3\n5 4 not 2", "(ti:a AND ti:c) NOT (ti:b)"),
    ("ovid", "1. a.ti.\r\n2. b.ti.\r\n3. 1 or 2\r\n4. remove duplicates from 3", "ti:a OR ti:b"),
    ("ovid", "1. a.ti.\n2. 1 and b.ti.", "ti:a AND ti:b"),
    ("ovid", "1. a.ti.\n2. b.ti.\n3. 1 and 2\n4. limit 3 to humans", "ti:a AND ti:b"),
    ("web_of_science", "#1 TI=a\n#2 TI=b\n#3 #1 OR #2", "ti:a OR ti:b"),
    ("web_of_science", "# 1: TI=a\n# 2: TI=b\n# 3: #2 NOT #1", "ti:b NOT (ti:a)"),
    ("scopus", "1. TITLE(a)\n2. TITLE(b)\n3. 1 AND 2", "ti:a AND ti:b"),
    ("pubmed", "#1 a[ti]\n#2 b[ti]\n#3 (#1 AND #2)", "ti:a AND ti:b"),
    ("pubmed", "1. a[ti]\n2. b[ti]\n3. or/1-2", "ti:a OR ti:b"),
    ("ebscohost", "S1 TI a\nS2 TI b\nS3 S1 AND S2", "ti:a AND ti:b"),
    ("pubmed", "1 a[ti]\nAND\n2 b[ti]\nAND\n3 c[ti]", "ti:a AND ti:b AND ti:c"),
    ("ovid", "1. a.ti. or\n2. b.ti.", "ti:a OR ti:b"),
    ("pubmed", "a[ti]\n# the second concept\nAND b[ti]", "ti:a AND ti:b"),
    ("pubmed", "1. a[ti]", "ti:a"),
    ("pubmed", "1 alpha[ti]", 'ti:"1 alpha"'),
    ("ovid", "1 (a or\n5 fluorouracil).ti.\n2 b.ti.\n3 1 and 2", 'ti:(a OR "5 fluorouracil") AND ti:b'),
    ("ovid", "2 alpha\n3 beta.ti.", 'ti:"2 alpha 3 beta"'),
    ("pubmed", "2006 alpha[ti]", 'ti:"2006 alpha"'),
    ("ebscohost", "TI S1 OR TI S2", "ti:S1 OR ti:S2"),
    ("ovid", "(type 1 diabetes or 5 fluorouracil).ti.", 'ti:("type 1 diabetes" OR "5 fluorouracil")'),
]


@pytest.mark.parametrize(("syntax", "text", "meaning"), JOINED)
def test_lines_are_joined_by_their_numbers(syntax: str, text: str, meaning: str) -> None:
    assert show(read_syntax(text, syntax).query) == meaning


HITS = [
    ("ovid", "1. a.ti. (12)\n2. b.ti. (1,234)\n3. 1 and 2 (3)", [12, 1234, 3]),
    ("ovid", "1. exp Mentors/ (7)\n2. Nurses/   8\n3. or/1-2\t15", [7, 8, 15]),
    ("ovid", "1. a.ti. and (2 adj3 (3)).ti.\n2. b.ti.\n3. 1 or 2", [None, None, None]),
    ("ovid", "1. a.ti.\n2. b.ti.\n3. 1 or (2)", [None, None, None]),
    ("web_of_science", "#1 TI=(2016)\n#2 TI= (7)\n#3 #1 OR #2", [None, None, None]),
    ("ebscohost", "S1 TI (5)\nS2 TI a  5\nS3 S1 OR S2", [None, 5, None]),
]


@pytest.mark.parametrize(("syntax", "text", "hits"), HITS)
def test_hits_stand_behind_a_line_and_are_no_words(syntax: str, text: str, hits: list[int | None]) -> None:
    assert [line.hits for line in read_syntax(text, syntax).lines] == hits


def test_lines_that_are_not_used_are_named() -> None:
    brought = read_syntax("1. a.ti.\n2. b.ti.\n3. c.ti.\n4. 1 and 3", "ovid")
    assert brought.losses == (("line 2 is used by no other line, so it is left out", "none"),)


def test_loss_of_a_line_that_is_taken_away_works_the_other_way() -> None:
    brought = read_syntax("1. a.ti.\n2. therapy.dm.\n3. 1 not 2", "ovid")
    assert [effect for _, effect in brought.losses] == ["narrower"]


def test_limit_of_a_line_that_is_only_one_of_several_is_left_out_and_said() -> None:
    brought = read_syntax("1. a.ti.\n2. limit 1 to english\n3. b.ti.\n4. 2 or 3", "ovid")
    assert brought.limits == Limited()
    assert brought.losses == (("a limit that holds for one part of the query only is left out", "broader"),)


UNNUMBERED = [
    ("ovid", "a.ti.\nb.ti.\n\n1 and 2", "ti:a AND ti:b"),
    ("ovid", "a.ti.\nb.ti. # younger doctors\nor/1-2", "ti:a OR ti:b"),
    ("ovid", "a.ti.\nlimit 1 to english", "ti:a"),
    ("ebscohost", "TI a\nTI b\nS1 OR S2", "ti:a OR ti:b"),
    ("pubmed", "a[ti]\nb[ti]\n#1 AND #2", "ti:a AND ti:b"),
    ("web_of_science", "TI=a\nAND TI=2020", "ti:a AND ti:2020"),
]


@pytest.mark.parametrize(("syntax", "text", "meaning"), UNNUMBERED)
def test_lines_without_numbers_are_counted_where_one_joins_others_by_number(
    syntax: str, text: str, meaning: str
) -> None:
    assert show(read_syntax(text, syntax).query) == meaning


@pytest.mark.parametrize(
    ("syntax", "text"), [("ebscohost", "S1 AND S2"), ("ovid", "limit 1 to english"), ("ovid", "or/1-2")]
)
def test_references_without_their_lines_are_refused_and_not_looked_for_as_words(syntax: str, text: str) -> None:
    with pytest.raises(QueryError, match="There is no line 1"):
        read_syntax(text, syntax)


FAULTS = [
    ("1. a.ti.\n2. b.ti.", "No line joins the others", "1 AND 2"),
    ("1. a.ti.\n2. 1 and 3\n3. b.ti.", "Line 2: There is no line 3 before this", "whole history"),
    ("1. a.ti.\n2. limit 7 to english", "Line 2: There is no line 7 before this", "whole history"),
    ("1. a.ti.\n2. (b.ti.\n3. 1 and 2", "Line 2: This bracket is never closed", "Close it"),
]


@pytest.mark.parametrize(("text", "message", "hint"), FAULTS)
def test_fault_of_a_line_names_the_line(text: str, message: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_syntax(text, "ovid")
    assert caught.value.message.startswith(message)
    assert hint in str(caught.value.hint)
