"""Values of several parts: counts of responses, rows of a group or a table. Read, written as text, said in words. Pure.

What is read here is taken again as it is kept, so that a value never changes by being read twice.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from extraction.scalars import choice, missing_code, number, text_of
from review.errors import DecisionError
from review.forms import NOT_REPORTED, Field
from review.protocol.faults import meant

Rows = list[dict[str, Any]]

ROW, MISSING_KEY = "row", "missing"
"""In a row of a table, the code of its row; in a cell without a value, why there is none. No sub-field is called so."""
COUNT_KEYS = frozenset({"label", "score", "n"})
_EXAMPLE = "write each response with its number, such as: Agree [4]: 12; Neutral [3]: not_reported"
_SCORED = re.compile(r"^(.*\S)\s*\[\s*([+-]?\d+(?:\.\d+)?)\s*\]$", re.DOTALL)
_BREAKS = re.compile(r"\s+")


# -- counts of responses


def counts(raw: object) -> Rows | None:
    """Read how many gave each response.

    Parameters
    ----------
    raw : str, list of mapping or None
        ``"Agree [4]: 12; Neutral: not_reported"`` (score in brackets where there is one), or the value as kept.

    Raises
    ------
    DecisionError
        A response has no number, a number is not a whole one, a response stands there twice.
    """
    if isinstance(raw, list):
        found = [_count(each) for each in raw]
    else:
        found = [_count(_written(part)) for part in (text_of(raw) or "").split(";") if part.strip()]
    twice = [label for label, times in Counter(row["label"] for row in found).items() if times > 1]
    if twice:
        raise DecisionError(f"the response '{twice[0]}' stands there twice")
    return found or None


def _written(part: str) -> dict[str, Any]:
    label, colon, n = part.rpartition(":")
    if not colon:
        raise DecisionError(f"'{part.strip()}' has no number", hint=_EXAMPLE)
    return {"label": label, "n": n}


def _count(given: object) -> dict[str, Any]:
    if not isinstance(given, Mapping) or not given.keys() <= COUNT_KEYS:
        raise DecisionError("that is no count of a response", hint=_EXAMPLE)
    label = _BREAKS.sub(" ", text_of(given.get("label")) or "")
    score = number(given.get("score"))
    scored = _SCORED.match(label) if score is None else None
    if scored:
        label, score = scored[1], number(scored[2])
    if not label:
        raise DecisionError("a response has no name", hint=_EXAMPLE)
    if ";" in label:
        raise DecisionError(f"the response '{label}' has a semicolon in its name", hint="write a comma instead")
    return {"label": label, "score": score, "n": _people(label, given.get("n"))}


def _people(label: str, raw: object) -> int | None:
    """Read a number of people; ``None`` is one that is not reported, which is not zero."""
    if isinstance(raw, str) and raw.strip().lower().replace(" ", "_") == NOT_REPORTED:
        return None
    n = number(raw)
    if n is None and not isinstance(raw, str):
        return None
    if n is None or not isinstance(n, int) or n < 0:
        said = f"'{raw.strip()}'" if isinstance(raw, str) else str(raw)
        raise DecisionError(
            f"{label}: {said} is no number of people", hint="a whole number, 0 or more, or not_reported"
        )
    return n


# -- rows of a group or a table


def rows(field: Field, raw: object, parse: Callable[[Field, object], Any]) -> Rows | None:
    """Read the rows of a group or a table; cells and rows without anything are left out.

    Parameters
    ----------
    raw : list of mapping, str or None
        Sub-field id -> what was given, or ``{"missing": code}``; a row of a table also has ``"row"``. A text is JSON.
    parse : callable
        Reads the value of a sub-field (``extraction.values.parse``).

    Raises
    ------
    DecisionError
        Says in which row what cannot stand.
    """
    found = []
    for at, given in enumerate(_listed(raw), start=1):
        if not isinstance(given, Mapping):
            raise DecisionError(f"row {at} is not a row of cells")
        row = _row(field, given, f"row {at}", parse)
        if row.keys() - {ROW}:
            found.append(row)
    if field.type == "table":
        _once(found)
        order = [option.code for option in field.rows]
        found.sort(key=lambda row: order.index(row[ROW]))
    return found or None


def _listed(raw: object) -> Sequence[object]:
    if isinstance(raw, list):
        return raw
    text = text_of(raw)
    if text is None:
        return ()
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DecisionError(f"'{text[:40]}' is no list of rows", hint="fill in its cells one by one") from error
    if not isinstance(read, list):
        raise DecisionError(f"'{text[:40]}' is no list of rows", hint="fill in its cells one by one")
    return read


def _row(field: Field, given: Mapping[str, Any], name: str, parse: Callable[[Field, object], Any]) -> dict[str, Any]:
    known = {sub.id: sub for sub in field.fields}
    made: dict[str, Any] = {}
    if field.type == "table":
        made[ROW] = choice(text_of(given.get(ROW)) or "", field.rows)
        name = made[ROW]
    for key in given:
        if key not in known and not (key == ROW and field.type == "table"):
            raise DecisionError(f"{name}: there is no sub-field '{key}'", hint=meant(str(key), known))
    for key, sub in known.items():
        try:
            cell = _cell(sub, given.get(key), parse)
        except DecisionError as error:
            raise DecisionError(f"{name}, {key}: {error.message}", hint=error.hint) from error
        if cell is not None:
            made[key] = cell
    return made


def _cell(sub: Field, given: object, parse: Callable[[Field, object], Any]) -> Any:
    if isinstance(given, Mapping):
        code = missing_code(given.get(MISSING_KEY))
        if given.keys() - {MISSING_KEY}:
            raise DecisionError("a cell is a value or a missing code, not both")
        return {MISSING_KEY: code} if code else None
    return parse(sub, given)


def _once(found: Rows) -> None:
    for code, times in Counter(row[ROW] for row in found).items():
        if times > 1:
            raise DecisionError(f"the row '{code}' stands there {times} times", hint="a table has each row once")


def is_counts(value: Rows) -> bool:
    """Tell counts from rows: the library allows no group with sub-fields of all three names."""
    return all(row.keys() == COUNT_KEYS for row in value)


def show(value: Rows) -> str:
    """Write a value as one cell: counts in their short form, rows as JSON."""
    if not is_counts(value):
        return json.dumps(value, ensure_ascii=False)
    shown = []
    for row in value:
        score = "" if row["score"] is None else f" [{row['score']}]"
        shown.append(f"{row['label']}{score}: {NOT_REPORTED if row['n'] is None else row['n']}")
    return "; ".join(shown)


def said(field: Field, value: Rows, say: Callable[[Field, Any, str | None], str]) -> str:
    """Say a value in words: ``Agree (score 4): 12; Neutral: not reported``, or cells by label, `` | `` between rows.

    ``say`` says a cell (``extraction.values.said``). A cell of a sub-field that the form has no more is said by its id.
    """
    if field.type == "counts" or is_counts(value):
        return "; ".join(_said_count(row) for row in value)
    names = {option.code: option.label for option in field.rows}
    known = {sub.id: sub for sub in field.fields}
    order = [*known, *sorted({key for row in value for key in row} - known.keys() - {ROW})]
    lines = []
    for row in value:
        cells = [_said_cell(known.get(key, Field(key, key)), row[key], say) for key in order if key in row]
        start = f"{names.get(row[ROW], row[ROW])}: " if ROW in row else ""
        lines.append(start + "; ".join(cells))
    return " | ".join(lines)


def _said_cell(sub: Field, cell: Any, say: Callable[[Field, Any, str | None], str]) -> str:
    code = cell.get(MISSING_KEY) if isinstance(cell, Mapping) else None
    return f"{sub.label}: {say(sub, None if code else cell, code)}"


def _said_count(row: Mapping[str, Any]) -> str:
    score = "" if row["score"] is None else f" (score {row['score']})"
    return f"{row['label']}{score}: {'not reported' if row['n'] is None else format(row['n'], ',')}"
