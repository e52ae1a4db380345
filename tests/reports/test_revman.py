"""What RevMan imports: every reference knows its study, and no excluded study has the name of an included one."""

from __future__ import annotations

import csv

from report_log import FORM, FRAMEWORK, INSTRUMENT, Log, gather

from reports.revman import revman_files
from review.record import Record


def files(log: Log) -> dict[str, str]:
    with log.store.read() as connection:
        m = gather(connection, log.protocol, FORM, FRAMEWORK, (INSTRUMENT,), log.extracted(connection))
        return {one.path: one.make().decode("utf-8-sig") for one in revman_files(m)}


def tagged(ris: str, tag: str) -> list[str]:
    return [line[6:] for line in ris.splitlines() if line.startswith(f"{tag}  - ")]


def test_references_name_their_study_and_their_reason(log: Log) -> None:
    log.search(
        [Record(title=f"Paper {n}", authors=("Smith, A", "B", "C"), date="2014", doi=f"10.5/{n}") for n in (1, 2, 3)]
    )
    log.include(1, 2)
    log.vote([3], "include")
    log.vote([3], "exclude", "no_health", stage="full-text")
    log.note([("study", {"study": "smith", "reports": [1, 2]})])
    log.note([
        ("answer", {"study": "smith", "form": "proforma@1", "field": "aim", "value": "=1+1", "quote": None,
                    "place": None}),
        ("judgement", {"study": "smith", "instrument": INSTRUMENT.name, "item": INSTRUMENT.items[0].id,
                       "response": INSTRUMENT.responses[0].code, "reason": "Said so", "quote": "we did", "place": "2"}),
    ])  # fmt: skip
    made = files(log)
    assert tagged(made["revman/included.ris"], "NS") == ["Smith et al. 2014", "Smith et al. 2014"]
    assert tagged(made["revman/excluded.ris"], "NS") == ["Smith et al. 2014 (excluded)"]
    assert tagged(made["revman/excluded.ris"], "N1")[0].startswith("Exclusion reason: ")
    header, row = csv.reader(made["revman/studies.csv"].splitlines())
    told = dict(zip(header, row, strict=True))
    assert (told["Study ID"], told["Year"], told["DOI"]) == ("Smith et al. 2014", "2014", "10.5/1")
    assert told["Aim"] == "'=1+1"
    _, judged = csv.reader(made[f"revman/appraisal_{INSTRUMENT.name}.csv"].splitlines())
    assert judged[:3] == ["Smith et al. 2014", INSTRUMENT.responses[0].label, 'Said so "we did"']


def test_nothing_found_gives_no_files(log: Log) -> None:
    assert files(log) == {}
