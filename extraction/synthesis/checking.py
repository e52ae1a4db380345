"""Read from the store what the checks of the synthesis look at (``extraction.synthesis.checks``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from extraction import appraisal, fillings, rows, studies, text_rows
from extraction.synthesis import checks, cmo, coding_rows, findings, memos
from extraction.synthesis.quotes import Quote
from review.forms import Form, Framework, Instrument
from review.protocol import Protocol
from review.record import Record


def known(
    connection: Connection,
    protocol: Protocol,
    framework: Framework,
    *,
    form: Form | None = None,
    instruments: Sequence[Instrument] = (),
    person: str | None = None,
) -> checks.Known:
    """Read everything that is looked at; what is hidden from the person (of nobody: from everybody) is left out."""
    found = studies.studies(connection)
    keys = [study.key for study in found]
    coded = fillings.seen(
        connection, protocol, fillings.framework_sheet(framework), coding_rows.codings(connection), person
    )
    said = []
    if form is not None:
        said = fillings.seen(
            connection, protocol, fillings.form_sheet(form), rows.answers(connection, form.name), person
        )
    judged = [
        row
        for one in instruments
        for row in fillings.seen(
            connection, protocol, fillings.instrument_sheet(one), rows.judgements(connection, one.name), person
        )
    ]
    held = {study.key: [text.sha256 for text in text_rows.texts(connection, study.reports)] for study in found}
    quoted = tuple(one for one in _quotes(said, judged) if one.study in held)
    looked_at = {one.study for one in quoted} | {row["study"] for row in coded if row["quote"]}
    wanted = {sha for study in looked_at & set(held) for sha in held[study]}
    wanted |= {one.file for one in quoted if one.file} | {row["file"] for row in coded if row["file"]}
    return checks.Known(
        keys=keys,
        framework=framework,
        now=coding_rows.resolver(connection),
        codings=coded,
        findings=findings.all(connection),
        cmos=cmo.all(connection),
        memos=memos.all(connection),
        instruments=instruments,
        judged={(row["study"], row["instrument"]) for row in judged if row["study"] in keys},
        design=appraisal.designs(said),
        kind=appraisal.kinds(said),
        quoted=quoted,
        files=held,
        texts=coding_rows.texts(connection, wanted),
        authors={study.key: cited(study.record) for study in found},
    )


def cited(record: Record) -> str:
    """Give how prose cites a record: first author and year.

    >>> cited(Record(authors=("Mann, R", "Ball, K"), date="2011-05")), cited(Record(title="No author"))
    ('Mann 2011', '')
    """
    if not record.authors or not record.year:
        return ""
    return f"{record.authors[0].partition(',')[0]} {record.year}"


def _quotes(said: Sequence[coding_rows.Row], judged: Sequence[coding_rows.Row]) -> Iterator[Quote]:
    for row in said:
        if row["quote"]:
            yield Quote(f"the answer '{row['field']}'", row["study"], row["quote"], row["place"], row["file"])
    for row in judged:
        if row["quote"]:
            about = f"item {row['item']} of {row['instrument']}"
            yield Quote(about, row["study"], row["quote"], row["place"], row["file"])
