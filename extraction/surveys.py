"""Survey results that studies report, summarised: who answered what, in numbers, shares and means. Pure.

Any group or table with a sub-field of type ``counts`` holds survey results: its rows are questions. Of its other
sub-fields ``item`` names the question, ``who`` the group of people, ``skipped`` and ``asked`` are numbers of people.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from extraction.compound import ROW
from review.forms import COMPOUND, Field, Form

ITEM, WHO, SKIPPED, ASKED = "item", "who", "skipped", "asked"


@dataclass(frozen=True, slots=True)
class Response:
    """One response: how many gave it (``None``: not reported, which is not 0), in percent of those who answered."""

    label: str
    score: float | None
    n: int | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """One question of one study. ``answered``, ``skipped`` and ``asked`` are people, ``None`` when not known.

    ``mean`` and ``sd`` (of a sample, n - 1) are of the scores; they are there only when every response has a score and
    a number. ``notes`` say what was worked out and what does not add up.
    """

    study: str
    field: str
    item: str
    who: str | None
    responses: tuple[Response, ...]
    answered: int | None
    skipped: int | None
    asked: int | None
    mean: float | None
    sd: float | None
    notes: tuple[str, ...]


def is_survey(field: Field) -> bool:
    """Say whether a field holds survey results."""
    return field.type in COMPOUND and any(sub.type == "counts" for sub in field.fields)


def summaries(form: Form, answers: Iterable[tuple[str, str, Any]]) -> tuple[Summary, ...]:
    """Summarise all survey results, in the order given.

    Parameters
    ----------
    answers : iterable of (study, field, value)
        Values as kept; those of other fields are passed over.

    Notes
    -----
    Who skipped a question is in no percentage: those are of the people who answered it.
    """
    fields = {field.id: field for field in form.fields if is_survey(field)}
    return tuple(
        summary
        for study, name, value in answers
        if name in fields
        for row in value or ()
        for summary in _of_row(study, fields[name], row)
    )


def _of_row(study: str, field: Field, row: Mapping[str, Any]) -> Iterator[Summary]:
    about = (study, field.id, _item(field, row), _text(row.get(WHO)))
    for sub in field.fields:
        if sub.type == "counts" and isinstance(row.get(sub.id), list):
            yield _summary(about, row[sub.id], _people(row.get(SKIPPED)), _people(row.get(ASKED)))


def _item(field: Field, row: Mapping[str, Any]) -> str:
    rows = {option.code: option.label for option in field.rows}
    return _text(row.get(ITEM)) or rows.get(str(row.get(ROW)), "") or field.label


def _text(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


def _people(cell: Any) -> int | None:
    return cell if isinstance(cell, int) else None


def _summary(
    about: tuple[str, str, str, str | None], counts: list[Mapping[str, Any]], skipped: int | None, asked: int | None
) -> Summary:
    numbers = [count["n"] for count in counts]
    known = sum(n for n in numbers if n is not None)
    complete = None not in numbers
    answered, notes = known if complete else None, []
    if not complete and asked is not None and skipped is not None:
        answered = asked - skipped
        notes.append("not every response has a number: those who answered are those asked without those who skipped")
    if complete and asked is not None and known + (skipped or 0) != asked:
        skips = "" if skipped is None else f" and {skipped:,} skipped"
        notes.append(f"{known:,} answered{skips}, but {asked:,} were asked")
    if answered is not None and answered < known:
        notes.append(f"{known:,} gave a response, more than the {answered:,} who can have answered")
        answered = None
    responses = tuple(
        Response(count["label"], count["score"], count["n"], _percent(count["n"], answered)) for count in counts
    )
    mean, sd = _moments(counts) if complete else (None, None)
    return Summary(*about, responses, answered, skipped, asked, mean, sd, tuple(notes))


def _percent(n: int | None, answered: int | None) -> float | None:
    return None if n is None or not answered else 100 * n / answered


def _moments(counts: list[Mapping[str, Any]]) -> tuple[float | None, float | None]:
    """Give mean and standard deviation of the scores of all who answered."""
    total = sum(count["n"] for count in counts)
    if total == 0 or any(count["score"] is None for count in counts):
        return None, None
    mean = sum(count["score"] * count["n"] for count in counts) / total
    squares = sum(count["n"] * (count["score"] - mean) ** 2 for count in counts)
    return mean, math.sqrt(squares / (total - 1)) if total > 1 else None
