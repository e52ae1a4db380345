"""Retractions and corrections between the rooms: the searches ask the sources, the screening room notes what they say.

Like ``review.stages`` it knows several rooms; nothing here prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from review.text import many

if TYPE_CHECKING:
    from review.stages import Workspace
    from review.store import Actor
    from screening.notices import Line
    from searches.notices.check import Access, Answer, Asked, Totals


@dataclass(frozen=True, slots=True)
class NoticesChecked:
    """What asking about retractions and corrections came to.

    ``lines`` are the notices that the reports have now, ``new`` those of them that the last check did not tell.
    """

    at: str
    reports: int
    totals: Totals
    asked: tuple[Asked, ...]
    lines: tuple[Line, ...]
    new: frozenset[tuple[int, str]]

    @property
    def sentence(self) -> str:
        """Say it in a few words: a source that did not answer is named, so that nobody takes it for "no notices"."""
        news = many(len(self.new), "new notice") if self.new else "nothing new"
        left = len(self.totals.unknown) + len(self.totals.cannot_be_checked)
        parts = [
            f"{many(self.reports, 'report')}, {len(self.totals.checked):,} checked: {news}.",
            f"{left:,} could not be checked." if left else "",
            *(f"{one.label} gave no answer for {len(one.failed):,}: {_why(one)}." for one in self.asked if one.failed),
        ]
        return " ".join(filter(None, parts))


def check_notices(
    workspace: Workspace,
    actor: Actor,
    reports: Iterable[int] | None = None,
    say: Callable[[str, int, int | None], None] = lambda label, done, total: None,
    stop: Callable[[], bool] = lambda: False,
    *,
    listed: bool = False,
) -> NoticesChecked:
    """Ask the sources of notices about some reports, and put each batch of answers into the log as soon as it is there.

    Parameters
    ----------
    reports : iterable of int, optional
        Reports that were not merged into others; without, those included or still to be assessed at full text.
    stop : callable
        Asked before each batch; what is left is then counted as failed.
    listed : bool
        Ask only the sources that the protocol lists: what nobody asked for at this moment goes no further.
    """
    from screening import notice_rows, notices
    from searches.notices import CHECKING
    from searches.notices.check import ask, open_lines, sum_up

    store, protocol = workspace.store, workspace.protocol
    names = [name for name in CHECKING if not listed or name in {choice.name for choice in protocol.sources}]
    lines_to = open_lines(protocol, workspace.environ, names)
    with store.read() as connection:
        wanted = notice_rows.keys(connection, notice_rows.at_full_text(connection) if reports is None else reports)
        before = notices.lines(connection, wanted)

    def keep(access: Access, answer: Answer) -> None:
        told = {report: [asdict(one) for one in found] for report, found in answer.notices.items()}
        notices.note(store, actor, access.checking.about.name, told, answer.unknown)

    asked = tuple(ask(one, wanted, partial(keep, one), say, stop) for one in lines_to)
    with store.read() as connection:
        now = notices.lines(connection, wanted)
    return NoticesChecked(
        store.clock(), len(wanted), sum_up(wanted, asked), asked, tuple(now), notices.newly_told(before, now)
    )


def check_included(workspace: Workspace, stop: Callable[[], bool]) -> str | None:
    """Check the reports that were included since, at those of the sources that the protocol lists.

    For the process behind the pages: it asks nobody that the review did not name. ``None``: nothing could be done.

    Raises
    ------
    SourceError
        A source did not answer; what others said is in the log.
    """
    from screening import notice_rows

    with workspace.store.read() as connection:
        new = notice_rows.unchecked_included(connection)
    if not new:
        return None
    done = check_notices(workspace, workspace.software(), new, stop=stop, listed=True)
    for one in done.asked:
        if one.failure is not None:
            raise one.failure
    return done.sentence if done.totals.checked or done.totals.unknown else None


def _why(asked: Asked) -> str:
    return asked.failure.message if asked.failure else "it was not asked any more"
