"""What a vote must satisfy before it is appended, wherever it comes from. Pure: nothing here touches the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.errors import DecisionError
from review.protocol import Protocol, Stage, StageRules
from review.protocol.faults import meant
from review.text import tidy
from screening.rows import Vote

VERDICTS = ("include", "exclude", "maybe")
ANSWERS = ("yes", "no", "unclear")
"""To a criterion; of an exclusion criterion *yes* is what excludes."""


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


def follows(protocol: Protocol, stage: Stage, answers: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Give the verdict and the reasons that follow from the answers to the criteria.

    One failed criterion excludes, for the reasons of all failed ones; otherwise an unclear one is a maybe.
    """
    failed = [c for c in protocol.criteria if answers.get(c.id) == ("no" if c.include else "yes")]
    if failed:
        codes = {criterion.reason for criterion in failed}
        return "exclude", tuple(reason.code for reason in protocol.rules(stage).reasons if reason.code in codes)
    return ("maybe" if "unclear" in answers.values() else "include"), ()


def check_answers(
    protocol: Protocol, stage: Stage, verdict: str, reasons: tuple[str, ...], answers: Mapping[str, str]
) -> dict[str, str]:
    """Check the answers to the criteria, and that verdict and reasons follow from them; give them in their order.

    Raises
    ------
    DecisionError
        A criterion is unknown or unanswered, an answer is no answer, or the verdict is another than follows.
    """
    known = [criterion.id for criterion in protocol.criteria]
    for criterion, answer in answers.items():
        if criterion not in known:
            raise DecisionError(f"there is no criterion '{criterion}'", hint=f"the protocol has: {', '.join(known)}")
        if answer not in ANSWERS:
            raise DecisionError(f"'{answer}' is no answer to a criterion", hint="say yes, no or unclear")
    verdict_due, reasons_due = follows(protocol, stage, answers)
    missing = [one for one in known if one not in answers]
    if missing and verdict_due != "exclude":  # after a failed criterion the others may stay open
        raise DecisionError(f"not answered: {', '.join(missing)}", hint="answer every criterion, unclear counts")
    if (verdict, reasons) != (verdict_due, reasons_due):
        raise DecisionError(
            f"'{verdict}' does not follow from the answers: they say {verdict_due}", hint="answer again"
        )
    return {one: answers[one] for one in known if one in answers}


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
    said = (standing.verdict, list(standing.reasons), standing.note, dict(standing.criteria))
    return said == (vote["verdict"], vote["reasons"], vote["note"], vote.get("criteria", {}))


def payload(report: int, stage: Stage, verdict: str, reasons: Sequence[str], note: str | None) -> dict[str, Any]:
    """Write what a vote says."""
    return {"report": report, "stage": stage, "verdict": verdict, "reasons": list(reasons), "note": noted(note)}


def noted(text: str | None) -> str | None:
    """Give of a note or a comment what can be stored and shown; ``None`` when nothing is left of it."""
    readable = (text or "").encode("utf-8", "replace").decode()  # half a surrogate pair cannot be hashed
    return "\n".join(tidy(line) or "" for line in readable.splitlines()).strip() or None


def acting_on(cast: Mapping[int, str], report: int) -> dict[str, list[str]]:
    """Name in a vote on a merged report the same person's votes whose place it takes, given as member -> event.

    A vote on one report alone needs no names: it follows the one before in that person's log.
    """
    return {"acts_on": sorted(cast.values())} if set(cast) - {report} else {}


def _meant(word: str, known: Sequence[str]) -> str:
    near = meant(word, known)
    return f"; {near}" if near else ""
