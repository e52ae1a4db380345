"""How records were selected, in words for a methods section: the order they were read in, and where people stopped.

Every number comes from the log; nothing is said of what it does not show. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.stop_rows import Reading, Stop
from review.text import many

_WAYS = {
    "model": "in an order given by a model", "random": "drawn at random from what was unread",
    "plain": "in the order in which they were found", "round": "as part of a round",
    "unknown": "in an order that is not recorded",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """What the log says of the selection on titles and abstracts; ``retractions`` are sentences on what is included."""

    reading: Reading
    stops: tuple[Stop, ...]
    retractions: tuple[str, ...] = ()


def said(stops: Iterable[Stop]) -> dict[str, str]:
    """Give stop (its event) -> how screening was stopped, of those in force."""
    return {stop.event: how_stopped(stop) for stop in stops if stop.ended is None}


def how_stopped(stop: Stop) -> str:
    """Say how a person stopped, and on which numbers, in one or two sentences."""
    how = stop.how
    read, total, relevant = how.get("read"), how.get("total"), how.get("relevant")
    by = " by that person" if how.get("whose") == "own" else ""
    after = f", with {read:,} of {total:,} records read{by} and {relevant:,} of these relevant" if total else ""
    numbers = "; ".join(_numbers(how))
    aside = f" ({numbers})" if numbers else ""
    return f"They were unread, {_ordered(how)}, when a person stopped on {stop.at[:10]}{after}{aside}."


def _ordered(how: Mapping[str, Any]) -> str:
    if how.get("models"):
        return f"in an order given by a model ({', '.join(how['models'])})"
    known = set(how.get("served") or ()) - {"unknown"}
    return "and no model had ordered them" if known else "in an order that is not recorded"


def _numbers(how: Mapping[str, Any]) -> Iterator[str]:
    if how.get("p") is not None:
        yield f"test of a recall below {_percent(how['target'])}: p = {_chance(how['p'])}"
    recall = how.get("recall")
    if recall:
        low, point, high = recall
        best = f"{_percent(point)}, " if point is not None else ""
        share = f"from {how['share']:,} records read at random"
        yield f"recall estimated {share}: {best}95 % interval {_percent(low)} to {_percent(high)}"
    if how.get("in_a_row") is not None:
        yield f"irrelevant records in a row: {how['in_a_row']:,}"


def _percent(part: float) -> str:
    return f"{100 * part:.1f}".removesuffix(".0") + " %"


def _chance(p: float) -> str:
    return "less than 0.001" if p < 0.001 else f"{p:.3f}"


def told(s: Selection) -> Iterator[str]:
    """Say in which order records were read, where a model or chance gave it, and where people stopped."""
    if s.reading.ways.get("model") or s.reading.ways.get("random"):
        yield _order(s.reading)
    yield from (_stop(stop) for stop in s.stops)


def _order(reading: Reading) -> str:
    votes = sum(reading.ways.values())
    parts = [
        f"{reading.ways[way]:,} ({_percent(reading.ways[way] / votes)}) {said}"
        for way, said in _WAYS.items()
        if way in reading.ways
    ]
    models = "; ".join(f"{kind} ({n:,} in turn, each learnt anew)" for kind, n in reading.models.items())
    named = f" Kind of model: {models}." if models else ""
    return (
        f"Of {many(votes, 'vote')} on titles and abstracts, records were read {'; '.join(parts)}. The model learns from"
        f" the decisions and orders what is unread; it decides nothing and hides nothing.{named}"
    )


def _stop(stop: Stop) -> str:
    what = many(stop.reports, "report")
    because = f" The reason given: “{stop.why}”." if stop.why else ""
    if stop.ended is not None:
        return (
            f"On {stop.at[:10]} a person stopped with {what} unread, and took that back on {stop.ended[:10]}:"
            f" they were put back to be screened.{because}"
        )
    return f"A person, not the program, stopped with {what} unread. {how_stopped(stop)}{because}"
