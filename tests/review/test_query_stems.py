"""What truncated terms really met, and when that is more than was meant. Records are written for these tests."""

import pytest

from review.query import parse, stems
from review.record import Record


def records(**counts: int) -> list[Record]:
    return [Record(title=word.replace("_", " ")) for word, count in counts.items() for _ in range(count)]


def test_words_are_counted_and_parted_into_families() -> None:
    (stem,) = stems(
        parse("Ment* AND doctor"), records(mental=5, mentally=1, mentor=2, mentoring=1, mentors=1, mention=1)
    )
    assert stem.text == "Ment*"
    assert stem.words == (
        ("mental", 5), ("mentor", 2), ("mentally", 1), ("mention", 1), ("mentoring", 1), ("mentors", 1),
    )  # fmt: skip
    assert stem.families == (("mental", "mentally"), ("mentor", "mentoring", "mentors"), ("mention",))
    assert stem.suspicious
    assert stem.fault is not None
    assert stem.fault.where == "Ment*"
    assert "3 families, such as mental (6), mentor (4), mention (1)" in stem.fault.what
    assert stem.fault.hint


SUSPICIOUS = [
    ("ment*", {"mental": 9, "mentor": 1}, True),
    ("ment*", {"mental": 10, "mentor": 1}, False),  # less than a tenth of all
    ("doctor*", {"doctor": 3, "doctors": 3, "doctoral": 2, "doctorate": 2}, False),  # all built on the stem
    ("doctor*", {"doctoral": 2, "doctorate": 2}, True),
    ("nurs*", {"nurse": 2, "nurses": 2, "nursing": 2, "nursed": 1}, False),
    ("nurs*", {"nurse": 2, "nursery": 2, "nurseries": 1}, True),
    ("medic*", {"medical": 4, "medicine": 4, "medication": 2}, True),
    ("challeng*", {"challenge": 2, "challenges": 2, "challenging": 2}, False),
    ('"peer ment*"', {"peer_mentor": 2, "peer_mentoring": 2}, False),
    ('"peer ment*"', {"peer_mentor": 2, "peer_mental": 2}, True),
    ("ment*", {}, False),
    ("ment*", {"nurse": 3}, False),
]


@pytest.mark.parametrize(("query", "counts", "suspicious"), SUSPICIOUS)
def test_stem_is_suspicious_when_it_meets_several_families(
    query: str, counts: dict[str, int], suspicious: bool
) -> None:
    (stem,) = stems(parse(query), records(**counts))
    assert stem.suspicious is suspicious
    assert (stem.fault is not None) is suspicious


def test_only_truncated_terms_have_stems() -> None:
    assert stems(parse('wom?n OR "Mentors"[mh] OR mentor'), records(woman=1)) == ()
