"""Every error a user can meet, in one tree, each with the exit code that the command line gives it.

::

    ReviewError                 .hint: what to do                    exit 1
    ├─ ProtocolError            lists all faults                     exit 10
    │  └─ QueryError            shows the column
    ├─ SourceError              .source .url .saved
    │  ├─ SourceBusy            429, 5xx, timeout: retried, then     exit 3
    │  ├─ SourceRefused         4xx, missing key, query too long     exit 4
    │  ├─ SourceChanged         reply is not the documented shape    exit 5
    │  └─ NotExpressible        the source cannot ask this           exit 6
    ├─ RecordError              one record unusable: quarantined
    ├─ StageError               inputs missing, stale, out of order  exit 7
    ├─ DecisionError            unknown reason, double vote, unresolved conflict
    ├─ RoleError                the person's role in the team does not allow it
    ├─ CountError               the flow does not balance            exit 8
    └─ TamperError              the event chain is broken            exit 9

A message says what happened and where; ``hint`` says what to do. Nothing here prints: only ``review.cli`` does.
"""

from __future__ import annotations

from dataclasses import dataclass


class ReviewError(Exception):
    """Anything a user can cause or meet; never shown with a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a protocol: where (key path, or ``line 12``), what is wrong, and what to do; its line when known."""

    where: str
    what: str
    hint: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" ({self.hint})" if self.hint else "")


class ProtocolError(ReviewError):
    """The protocol cannot be used; ``faults`` lists every fault found, not only the first."""

    exit_code = 10

    def __init__(self, message: str, faults: tuple[Fault, ...] = (), *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.faults = faults


class QueryError(ProtocolError):
    """A query that cannot be read; ``column`` counts characters from 1."""

    def __init__(self, message: str, query: str, column: int, *, hint: str | None = None) -> None:
        super().__init__(f"{message}\n  {query}\n  {' ' * (column - 1)}^", hint=hint)
        self.query = query
        self.column = column


class SourceError(ReviewError):
    """A source did not give what was asked; ``saved`` counts the records that are kept all the same."""

    def __init__(
        self, message: str, *, source: str, url: str | None = None, saved: int = 0, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.source = source
        self.url = url
        self.saved = saved


class SourceBusy(SourceError):
    """Rate limit, server fault, timeout or no network: retried, then given up for now; the search can be resumed."""

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        source: str,
        url: str | None = None,
        saved: int = 0,
        hint: str | None = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(message, source=source, url=url, saved=saved, hint=hint)
        self.wait = wait
        """Seconds that the source asked to wait (``Retry-After``); ``None`` when it did not say."""


class SourceRefused(SourceError):
    """The source will not answer this request however often it is sent: bad key, bad query, too long."""

    exit_code = 4


class SourceChanged(SourceError):
    """The reply is not of the documented shape: an HTML page, a cut body, a missing total."""

    exit_code = 5


class NotExpressible(SourceError):
    """The source has no way to ask this question."""

    exit_code = 6


class RecordError(ReviewError):
    """One record is unusable; it is quarantined and counted, and never ends a run by itself."""


class StageError(ReviewError):
    """A stage cannot run: inputs missing, stale, or out of order."""

    exit_code = 7


class DecisionError(ReviewError):
    """A decision that cannot stand: unknown reason, a vote that was superseded meanwhile, no such report."""


class RoleError(ReviewError):
    """What a person asked for, no role of theirs in the team allows."""


class CountError(ReviewError):
    """The flow does not balance; both sides are in the message."""

    exit_code = 8


class TamperError(ReviewError):
    """The event chain is broken or a raw reply is not what was saved; ``at`` says where (log and number)."""

    exit_code = 9

    def __init__(self, message: str, *, at: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.at = at
