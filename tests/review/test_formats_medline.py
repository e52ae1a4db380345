"""MEDLINE text: what Bio.Medline trips over, and which tag goes where."""

from __future__ import annotations

from pathlib import Path

from review import formats
from review.record import Record

DATA = Path(__file__).parents[1] / "data" / "formats"


def test_a_pubmed_file_is_read_field_by_field() -> None:
    reading = formats.read((DATA / "pubmed.nbib").read_bytes(), name="pubmed.nbib")
    assert (reading.format, reading.platform, reading.losses) == ("medline", "PubMed", ())
    assert reading.records[0] == Record(
        title="A synthetic study of mentoring that runs over two lines.",
        authors=("Oak, Ann", "Elm, Bob C", "Synthetic Study Group"),
        date="2018-04",
        journal="Journal of synthetic medicine",
        volume="10",
        issue="4",
        pages="335-339",
        abstract="A synthetic abstract.",
        keywords=("mentoring", "Mentors", "Physicians/*psychology"),
        kind="review",
        language="eng",
        doi="10.9999/synth.5",
        pmid="99999992",
        pmcid="PMC9999992",
        issns=("1234-567X",),
        place="England",
        flags=("retracted",),
        source_id="99999992",
        identifiers=(("pii", "S1234"),),
        extra=(
            ("OWN", "NLM"),
            ("PT", "Journal Article"),
            ("PT", "Review"),
            ("TA", "J Synth Med"),
            ("RIN", "J Synth Med. 2019;11:1. PMID: 99999993"),
            ("DP", "2018 Apr"),
        ),
    )
    assert reading.records[1].authors == ("Ash, C",)


def test_mark_stray_lines_and_tight_tags_do_not_break_it() -> None:
    text = "\ufeff      stray\nPMID-22664220\nTI  - One\n\nPMID-22664221\nTI  - Two\n\nPMID- \nAB  - x\n"
    reading = formats.read(text.encode(), name="x.nbib")
    assert [record.pmid for record in reading.records] == ["22664220", "22664221"]
    assert [item.position for item in reading.rejected] == [3]
    assert reading.losses == ("text before the first record was not read (1 lines)",)


def test_pmc_first_order_of_pubmed_central() -> None:
    text = b"PMC - PMC1\nPMID- 11111\nTI  - One\n\nPMC - PMC6055010\nPMID- 22222\nTI  - Two\n"
    reading = formats.read(text, name="pmc.txt")
    assert [(r.pmid, r.pmcid) for r in reading.records] == [("11111", None), ("22222", "PMC6055010")]
