"""What the rules for stopping would have done in a simulated screening. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screening import recall, safe
from screening.ranking.simulation import Order
from screening.stopping_rules import IN_A_ROW, SAFE, TEST


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a rule stops: ``read`` reports, with ``found`` relevant ones among them and ``missed`` left unread.

    ``fired`` is false where the rule never said stop, so that everything was read. Priors are no part of it.
    """

    rule: str
    read: int
    found: int
    missed: int
    fired: bool

    @property
    def recall(self) -> float:
        """The share of the relevant reports that was found."""
        return self.found / (self.found + self.missed)


def stops(order: Order, labels: Sequence[bool]) -> list[Stop]:
    """Apply every rule of ``screening.stopping_rules.LABELS`` to a simulated screening, in that order."""
    rows = order.rows[order.given :]
    found = [labels[row] for row in rows]
    total = len(found)
    ends = {rule.code: rule.stop_after(found, total) for rule in IN_A_ROW}
    ends[TEST] = recall.stop_after(found, total)
    made = [
        Stop(code, end or total, sum(found[:end]), sum(found[end:]) if end else 0, end is not None)
        for code, end in ends.items()
    ]
    return [*made, _safe(order, labels)]


def _safe(order: Order, labels: Sequence[bool]) -> Stop:
    """Apply the first two phases of SAFE: the random share is read beside the model's order, and counts as read.

    It is drawn on until something in it is relevant, as the procedure asks. The model does not learn from it, which is
    a little to its disadvantage. Another model and the second look at exclusions cannot be simulated here.
    """
    rows, total = order.rows[order.given :], len(order.shuffled)
    first = next((place for place, row in enumerate(order.shuffled, 1) if labels[row]), total)
    drawn = order.shuffled[: max(safe.least_share(total), first)]
    relevant = sum(labels[row] for row in drawn)
    read, run = set(drawn), 0
    for row in rows:
        if row in read:
            continue
        read.add(row)
        run = 0 if labels[row] else run + 1
        if run < safe.IN_A_ROW:
            continue
        counts = safe.Counts(total, len(read), len(drawn), relevant, 0, 0, run)
        if safe.ready(safe.checklist(counts)):
            break
    found = sum(labels[row] for row in read)
    missed = sum(labels[row] for row in rows) - found
    return Stop(SAFE, len(read), found, missed, len(read) < total)
