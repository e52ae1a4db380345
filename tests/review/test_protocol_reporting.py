"""``[reports]`` and ``[previous]``: what they say, every fault at once, and names that nothing stands behind."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from review.errors import ProtocolError
from review.protocol import Protocol, read_protocol
from review.protocol.model import Previous, Remark, Reporting
from review.stages import names_not_known

HEAD = '[review]\ntitle = "t"\nquestion = "q"\n[screening.full-text]\nreason_required = false\n'


def reporting(text: str) -> Reporting:
    return read_protocol((HEAD + text).encode()).reporting


def faults(text: str) -> list[str]:
    with pytest.raises(ProtocolError) as caught:
        reporting(text)
    return [str(fault) for fault in caught.value.faults]


def test_what_is_not_there_has_its_default() -> None:
    assert reporting("") == reporting("[reports]\n") == Reporting()


def test_everything_is_read() -> None:
    text = (
        '[reports]\nlanguage = "de"\ntitle_abstract_reasons = true\nafter_duplicates = true\nhide_empty = true\n'
        'boxes = ["synthesis"]\nresearch = ["aim"]\nother = ["kind"]\nstyle = "author-date"\nlicence = "CC-BY-4.0"\n'
        '[[reports.footnotes]]\nbox = "records_screened"\ntext = "Twice."\n'
        '[previous]\nstudies = 3\nreports = 4\ncite = "Smith 2016"\nalso = ["eisen2014"]\n'
    )
    assert reporting(text) == Reporting(
        language="de", title_abstract_reasons=True, after_duplicates=True, hide_empty=True, boxes=("synthesis",),
        research=("aim",), other=("kind",), style="author-date", licence="CC-BY-4.0",
        footnotes=(Remark("records_screened", "Twice."),), previous=Previous(3, 4, "Smith 2016", ("eisen2014",)),
    )  # fmt: skip


def test_an_earlier_version_without_numbers_is_one_and_0_is_not_unknown() -> None:
    assert reporting('[previous]\ncite = "Smith 2016"\n').previous == Previous(None, None, "Smith 2016")
    assert reporting("[previous]\nstudies = 0\nreports = 0\n").previous == Previous(0, 0)


def test_every_fault_is_said_at_once_with_its_line() -> None:
    said = faults(
        '[reports]\nlanguage = "nl"\nhide_empty = "yes"\nboxes = ["apraisal"]\nlanguages = "de"\n'
        '[[reports.footnotes]]\nbox = "duplicates"\n[previous]\nstudies = 3\nreports = 2\nalso = ["a", "b", "c", "d"]\n'
    )
    parts = (
        r"^line 7, .*'nl'", r"^line 8, .*'yes'", r"^line 9, .*did you mean 'appraisal'", r"languages.*did you mean",
        r"footnotes\[1\].*'text' is missing", r"2 reports cannot be of 3 studies", r"names 4 studies, .* included 3$",
    )  # fmt: skip
    assert len(said) == len(parts)
    for part in parts:
        assert any(re.search(part, one) for one in said), (part, said)


def _told(reporting: Reporting, folder: Path | None = None, proforma: str | None = "bitc-mentoring") -> list[str]:
    protocol = Protocol("t", "q", "h", "", proforma=proforma, reporting=reporting)
    return [str(fault) for fault in names_not_known(protocol, folder)]


def test_names_that_nothing_stands_behind_are_faults_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "journal.csl").write_text("<style/>", encoding="utf-8")
    assert _told(Reporting(research=("aim",), style="journal.csl"), tmp_path) == []
    remarks = (Remark("records_screened", "a"), Remark("records_screend", "b"))
    said = _told(Reporting(research=("aimm",), other=("aim",), style="vancuver", footnotes=remarks), tmp_path)
    assert said == [
        "reports.footnotes[2].box: there is no box of the flow diagram 'records_screend' (did you mean"
        " 'records_screened'?)",
        "reports.research: there is no field of the proforma 'aimm' (did you mean 'aim'?)",
        "reports.style: there is no citation style 'vancuver' (did you mean 'vancouver'?)",
    ]
    assert _told(Reporting(style="none.csl"), tmp_path)[0].startswith("reports.style: there is no citation style 'non")
    assert "names no proforma" in _told(Reporting(other=("aim",)), proforma=None)[0]


@pytest.mark.parametrize("name", ["blank", "mentoring"])
def test_what_the_templates_show_as_comments_can_be_used(name: str) -> None:
    text = (files("review.protocol") / "templates" / f"{name}.toml").read_text("utf-8")
    at = text.index("# [reports]")
    shown = re.sub(r"^# ?(?=\[|[a-z_]+ = )", "", text[at:], flags=re.MULTILINE)
    protocol = read_protocol((text[:at] + shown).encode())
    assert protocol.reporting.language == "de" and protocol.reporting.previous is not None
    assert [fault for fault in names_not_known(protocol) if "reports" in fault.where] == []
