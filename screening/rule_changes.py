"""What a change of the protocol means for screening in progress: said before it is put in force, as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from review.protocol import STAGES, Protocol
from review.store.protocols import Move
from review.text import many

_OUTCOMES = {
    "waiting": "waiting", "started": "awaiting a further vote", "conflict": "in conflict", "included": "included",
    "excluded": "excluded", "not_retrieved": "not retrieved", "not_screened": "not screened", "removed": "removed",
    None: "not at this stage",
}  # fmt: skip


def moves(found: Sequence[Move]) -> list[str]:
    """Say where reports would stand otherwise."""
    return [
        f"{one.stage}: {many(one.reports, 'report')} now {_OUTCOMES[one.before]} would be {_OUTCOMES[one.after]}"
        for one in found
    ]


def second_looks(before: Protocol, after: Protocol) -> list[str]:
    """Name what changed in criteria and reasons, and how to look again at what was excluded because of them."""
    told = []
    for stage in STAGES:
        old = {reason.code: reason.text for reason in before.rules(stage).reasons}
        new = {reason.code: reason.text for reason in after.rules(stage).reasons}
        look = f"review screen again --stage {stage} --reason"
        for code, text in old.items():
            if code not in new:
                told.append(f"{stage}: reason '{code}' is gone; votes that name it keep it: {look} {code}")
            elif new[code] != text:
                told.append(f"{stage}: reason '{code}' now says '{new[code]}', not '{text}': {look} {code}")
        told += [f"{stage}: reason '{code}' is new: '{text}'" for code, text in new.items() if code not in old]
    was = {criterion.id: criterion for criterion in before.criteria}
    now = {criterion.id: criterion for criterion in after.criteria}
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            what = "is gone" if name not in now else "is new" if name not in was else "changed"
            codes = dict.fromkeys(one.reason for one in (was.get(name), now.get(name)) if one and one.reason)
            again = "; ".join(f"review screen again --stage {STAGES[0]} --reason {code}" for code in codes)
            told.append(f"criterion '{name}' {what}" + (f": {again}" if again else ""))
    return told
