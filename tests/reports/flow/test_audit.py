"""The audit of published numbers: the review's own, slips made on purpose, and numbers that are not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reports.flow.audit import as_lines, audit
from reports.flow.published import read_published
from review.cli.reports import audit as command
from review.errors import ProtocolError

EXAMPLE = Path(__file__).parents[3] / "examples" / "mentoring" / "published.toml"


def statuses(text: str) -> dict[str, tuple[str, int | None, int | None]]:
    return {one.id: (one.status, one.left, one.right) for one in audit(read_published(text.encode())).identities}


def test_the_published_review_holds_where_it_can_be_checked() -> None:
    found = statuses(EXAMPLE.read_text("utf-8"))
    sides = {f"I{i}": ("holds", n, n) for i, n in enumerate((78, 37, 28, 9, 13, 13, 37), start=1)}
    assert {key: value for key, value in found.items() if key.startswith("I")} == sides
    assert found["F6 databases"] == ("holds", 28, 28)
    rest = {key: value[0] for key, value in found.items() if key[0] == "F" and key != "F6 databases"}
    assert rest == dict.fromkeys(("F2", "F4", "F5 databases", "F5 other", "F7", "F8", "F9"), "cannot be checked")


def test_what_the_publication_does_not_print_is_not_reported_and_never_0() -> None:
    boxes = {box.box: box for box in audit(read_published(EXAMPLE.read_bytes())).boxes}
    printed = {key: box.n for key, box in boxes.items() if box.n is not None}
    assert printed == {
        "database_results": 4669, "duplicates": 41, "records_excluded": 4591, "dbr_assessed": 37, "dbr_excluded": 28,
        "new_studies": 13,
    }  # fmt: skip
    assert (boxes["records_screened"].status, boxes["records_screened"].implied) == ("not reported", 4628)
    assert boxes["dbr_sought_reports"].implied == 37
    assert (boxes["citations_results"].status, boxes["citations_results"].implied) == ("not reported", None)


def test_both_orders_are_shown() -> None:
    published = read_published(EXAMPLE.read_bytes())
    lines = list(as_lines(published, audit(published)))
    own = lines[lines.index("In the publication's own order") : lines.index("In the order of PRISMA 2020")]
    numbers = [
        line.split()[-1] for line in own if line.startswith(("    R", "    L", "    A", "    I", "  - ", "  + "))
    ]
    assert numbers == ["4,669", "4,591", "78", "41", "37", "28", "9", "4", "13"]
    prisma = lines[lines.index("In the order of PRISMA 2020") : lines.index("Identities")]
    screened = next(line for line in prisma if "Records screened" in line)
    assert "not reported" in screened and "4,628 if only what is printed was removed" in screened
    assert not any(line.rstrip().endswith(" 0") for line in lines)
    assert any(line.split() == ["in", "detail", "(5", "parts)", "not", "reported"] for line in own)
    (unsaid,) = (line for line in prisma if "Registers" in line)
    assert unsaid.startswith("    Not reported: Registers; Websites;") and len(unsaid) <= 110
    unchecked = lines.index("  F4            cannot be checked")
    assert lines[unchecked + 1] == "      not reported: Records screened, Reports sought for retrieval"


@pytest.mark.parametrize(
    ("slip", "identity", "left", "right"),
    [
        (("n = 78", "n = 79"), "I1", 78, 79),
        (('what = "removed"\nn = 41', 'what = "removed"\nn = 40'), "I2", 38, 37),
        (("n = 14 }", "n = 15 }"), "I3", 29, 28),
        (("dbr_excluded = 28", "dbr_excluded = 29"), "F6 databases", 28, 29),
    ],
)
def test_a_slip_fails_with_both_sides(slip: tuple[str, str], identity: str, left: int, right: int) -> None:
    text = EXAMPLE.read_text("utf-8")
    assert slip[0] in text
    assert statuses(text.replace(*slip))[identity] == ("fails", left, right)


def test_a_step_without_number_cannot_be_checked() -> None:
    found = statuses('title = "T"\n[[steps]]\nlabel = "a"\nn = 5\n[[steps]]\nlabel = "b"\nwhat = "removed"\n'
                     '[[steps]]\nlabel = "c"\nn = 5\n')  # fmt: skip
    assert found["I1"] == ("cannot be checked", None, 5)


COMPLETE = """
title = "T"
database_results = 90
register_results = 10
duplicates = 20
excluded_automatic = 0
excluded_other = 5
records_screened = 75
records_excluded = 60
dbr_sought_reports = 15
dbr_notretrieved_reports = 1
dbr_assessed = 14
dbr_excluded = 4
website_results = 2
organisation_results = 0
citations_results = 8
other_results = 0
other_sought_reports = 6
other_notretrieved_reports = 0
other_assessed = 6
other_excluded = 1
new_studies = 13
new_reports = 15
"""


def test_a_complete_flow_holds_throughout() -> None:
    found = statuses(COMPLETE)
    assert set(found) == {"F2", "F4", "F5 databases", "F5 other", "F7", "F8", "F9"}
    assert {status for status, _, _ in found.values()} == {"holds"}


@pytest.mark.parametrize(
    ("box", "fails"),
    [
        ("duplicates", {"F2"}),
        ("records_excluded", {"F4"}),
        ("dbr_notretrieved_reports", {"F5 databases"}),
        ("other_notretrieved_reports", {"F5 other"}),
        ("dbr_excluded", {"F8"}),
        ("new_reports", {"F8"}),
    ],
)
def test_each_identity_fails_when_one_box_is_wrong(box: str, fails: set[str]) -> None:
    lines = [line for line in COMPLETE.strip().splitlines() if not line.startswith(f"{box} ")]
    was = next(int(line.split()[-1]) for line in COMPLETE.splitlines() if line.startswith(f"{box} "))
    found = statuses("\n".join([*lines, f"{box} = {was + 1}"]))
    assert {key for key, (status, _, _) in found.items() if status in ("fails", "differs")} == fails


@pytest.mark.parametrize(
    ("change", "identity"), [("citations_results = 3", "F7"), ("new_studies = 16", "F9")]
)  # fmt: skip
def test_what_may_not_be_more_is_more(change: str, identity: str) -> None:
    key = change.split()[0]
    lines = [line for line in COMPLETE.strip().splitlines() if not line.startswith(key)]
    assert statuses("\n".join([*lines, change]))[identity][0] == "fails"


MORE = """
excluded_by_people = 55
excluded_by_automation = 5
appraised = 13
in_synthesis = 12
total_studies_ma = 4
total_reports_ma = 5
databases = [{ label = "A", n = 50, after = 40 }, { label = "B", n = 40, after = 32 }]
registers = [{ label = "C", n = 10, after = 8 }]
title_abstract_reasons = [{ label = "Not on topic", n = 50 }, { label = "No reason given", n = 10 }]
"""


@pytest.mark.parametrize(
    ("slip", "identity", "sides"),
    [
        ((" = 55", " = 54"), "F3 by whom", (59, 60)),
        (('"Not on topic", n = 50', '"Not on topic", n = 49'), "F3 reasons", (59, 60)),
        (("after = 32", "after = 31"), "F2 per source", (79, 80)),
        (("appraised = 13", "appraised = 14"), "F11 appraisal", (14, 13)),
        (("in_synthesis = 12", "in_synthesis = 14"), "F11 synthesis", (14, 13)),
        (("total_studies_ma = 4", "total_studies_ma = 14"), "F11 meta-analysis", (14, 13)),
        (("total_reports_ma = 5", "total_reports_ma = 16"), "F11 meta-analysis, reports", (16, 15)),
    ],
)
def test_what_not_every_flow_has_is_checked_where_it_is_printed(
    slip: tuple[str, str], identity: str, sides: tuple[int, int]
) -> None:
    assert {status for status, _, _ in statuses(COMPLETE + MORE).values()} == {"holds"}
    assert slip[0] in MORE
    found = statuses(COMPLETE + MORE.replace(*slip))
    assert {key for key, (status, _, _) in found.items() if status == "fails"} == {identity}
    assert found[identity] == ("fails", *sides)
    published = read_published((COMPLETE + MORE).encode())
    said = " ".join(as_lines(published, audit(published)))
    assert "Records excluded by people + Records excluded by automation tools = Records excluded" in said
    assert "Studies critically appraised <= all studies of the review" in said


def test_an_update_is_checked_against_all_its_studies() -> None:
    update = "previous_studies = 5\nprevious_reports = 6\ntotal_studies = 18\ntotal_reports = 21\nin_synthesis = 18\n"
    found = statuses(COMPLETE + update)
    assert found["F10 reports"] == ("holds", 21, 21) and found["F11 synthesis"] == ("holds", 18, 18)
    assert statuses(COMPLETE + update.replace("_studies = 18", "_studies = 19"))["F10 studies"] == ("fails", 19, 18)


def test_records_and_reports_may_differ_and_the_reason_is_said() -> None:
    published = read_published(COMPLETE.replace("records_excluded = 60", "records_excluded = 59").encode())
    lines = [line.strip() for line in as_lines(published, audit(published))]
    at = next(i for i, line in enumerate(lines) if line.startswith("F4"))
    assert lines[at].split() == ["F4", "differs", "16", "|", "15"]
    assert lines[at + 2].startswith("two records of one report")


def test_every_fault_is_said_at_once() -> None:
    text = 'duplicate = 3\ndatabase_results = -1\nnew_studies = "ten"\n[[steps]]\nlabel = "x"\nbox = "screened"\n'
    with pytest.raises(ProtocolError) as caught:
        read_published(text.encode())
    said = " | ".join(map(str, caught.value.faults))
    for part in ("'title' is missing", "did you mean 'duplicates'", "not -1", "not 'ten'", "'screened' is not one of"):
        assert part in said


def test_broken_toml_is_a_fault() -> None:
    with pytest.raises(ProtocolError, match="not valid TOML"):
        read_published(b"title = ")
    with pytest.raises(ProtocolError, match="not valid TOML"):
        read_published(b"a = " + b"[" * 3000 + b"]" * 3000)


def test_the_command_gives_one_json_object_with_the_claims_of_the_file_beside_it() -> None:
    result = CliRunner().invoke(command, [str(EXAMPLE), "--json"])
    assert result.exit_code == 0, result.output
    given = json.loads(result.output)
    assert {"identities", "boxes", "findings"} <= given.keys()
    first = given["identities"][0]
    assert (first["id"], first["status"], first["left"], first["right"]) == ("I1", "holds", 78, 78)
    assert next(b for b in given["boxes"] if b["box"] == "register_results") | {"label": ""} == {
        "box": "register_results", "label": "", "n": None, "implied": None, "status": "not reported",
    }  # fmt: skip
    work = next(f for f in given["findings"] if f["about"] == "better-work")
    assert work["refs"] == ["47", "48"]


def test_the_command_takes_other_claims(tmp_path: Path) -> None:
    claims = tmp_path / "claims.toml"
    claims.write_text('[[claims]]\nid = "c"\ntext = "two"\nsays = 2\ncites = [1]\n[[studies]]\nref = 1\nwhere = "t"\n')
    result = CliRunner().invoke(command, [str(EXAMPLE), "--claims", str(claims)])
    assert "\n1 contradiction in claims.toml\n" in result.output
    assert "says 2, but it cites 1" in result.output
