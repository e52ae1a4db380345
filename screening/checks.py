"""What a vote must satisfy before it is appended, wherever it comes from. Pure: nothing here touches the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.errors import DecisionError
from review.protocol import Stage, StageRules
from review.protocol.faults import meant
from review.text import tidy
from screening.rows import Vote

VERDICTS = ("include", "exclude", "maybe")


def check(rules: StageRules, verdict: str, reasons: Sequence[str]) -> tuple[str, ...]:
    """Check a verdict and its reasons; give the reasons once each, in the protocol's order.

    Raises
    ------
    DecisionError
        Unknown verdict or reason, a reason on anything but an exclusion, or none where the protocol wants one.
    """
    if verdict not in VERDICTS:
        raise DecisionError(
            f"'{verdict}' is no verdict{_meant(verdict, VERDICTS)}", hint="say include, exclude or maybe"
        )
    codes = [reason.code for reason in rules.reasons]
    for reason in reasons:
        if reason not in codes:
            raise DecisionError(
                f"'{reason}' is no exclusion reason of this stage{_meant(reason, codes)}",
                hint=f"the protocol has: {', '.join(codes) or 'none'}",
            )
    if reasons and verdict != "exclude":
        raise DecisionError(f"a reason cannot go with '{verdict}'", hint="reasons belong to exclusions; use a note")
    if verdict == "exclude" and rules.reason_required and not reasons:
        raise DecisionError("an exclusion at this stage needs a reason", hint=f"one of: {', '.join(codes)}")
    return tuple(code for code in codes if code in reasons)


def check_open(report: int, stage: Stage, status: str | None) -> None:
    """Check that a root may be voted on, given its status at the stage.

    Raises
    ------
    DecisionError
        It is not at the stage, was removed, or its full text could not be had.
    """
    if status is None:
        raise DecisionError(
            f"report {report} is not at the {stage} stage: it is not included at title-abstract",
            hint="decide on it there first, or resolve its conflict",
        )
    if status == "removed":
        raise DecisionError(
            f"report {report} was removed: it does not match the search strategy",
            hint="set remove_unmatched = false in protocol.toml to screen such reports",
        )
    if status == "not_retrieved":
        raise DecisionError(
            f"the full text of report {report} is noted as not retrieved",
            hint=f"once you have it: review fulltext retrieved {report}",
        )


def same(standing: Vote, vote: Mapping[str, Any]) -> bool:
    """Say whether a vote that stands already says what a new one would."""
    return (standing.verdict, list(standing.reasons), standing.note) == (vote["verdict"], vote["reasons"], vote["note"])


def payload(report: int, stage: Stage, verdict: str, reasons: Sequence[str], note: str | None) -> dict[str, Any]:
    """Write what a vote says; of the note only what can be stored and shown is kept."""
    readable = (note or "").encode("utf-8", "replace").decode()  # half a surrogate pair cannot be hashed
    kept = "\n".join(tidy(line) or "" for line in readable.splitlines()).strip() or None
    return {"report": report, "stage": stage, "verdict": verdict, "reasons": list(reasons), "note": kept}


def acting_on(cast: Mapping[int, str], report: int) -> dict[str, list[str]]:
    """Name in a vote on a merged report the same person's votes whose place it takes, given as member -> event.

    A vote on one report alone needs no names: it follows the one before in that person's log.
    """
    return {"acts_on": sorted(cast.values())} if set(cast) - {report} else {}


def _meant(word: str, known: Sequence[str]) -> str:
    near = meant(word, known)
    return f"; {near}" if near else ""
