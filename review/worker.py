"""The process behind the pages: makes the orders in which people read, and does the long work that a page asked for.

One process at a time has the duty (``review.store.jobs``). It says so every few seconds; when it is killed, another
takes over after ``DUTY_SECONDS``. Nothing that it does is needed for a vote: without it everything else works.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import TypeAlias

from review.errors import ReviewError
from review.noticing import check_included
from review.protocol import read_protocol
from review.stages import Workspace
from review.store import Actor, jobs, protocols
from review.store.jobs import Job, Kind

DUTY_SECONDS = 20
RENEW_SECONDS = 5
LOOK_SECONDS = 1.0
"""Between one look at what is to be done and the next."""
NOTICES_SECONDS = 60.0
"""Between one look at whether reports were included that no source was asked about yet and the next."""
LONGEST_REST = 300.0
"""However often a piece of work fails, it is tried again after so many seconds."""

TELL_SECONDS = 1.0
"""How far a job has come is noted so often: each note is a write."""

FAILURES = (
    ReviewError, OSError, ArithmeticError, LookupError, MemoryError, RuntimeError, TypeError, ValueError
)  # fmt: skip
"""What ends one piece of work and not the process."""

Tell: TypeAlias = Callable[[str, int, int | None], None]
"""Says of a job what it does, how much of it is done, and of how much."""
Run: TypeAlias = Callable[[Workspace, Job, Tell, Callable[[], bool]], str]
"""Does a job and gives a sentence on what was done; asks the last argument now and then whether to stop."""


def _retractions(workspace: Workspace, job: Job, tell: Tell, stop: Callable[[], bool]) -> str:
    from review.noticing import check_notices

    return check_notices(workspace, Actor(job.person, workspace.protocol.hash), None, tell, stop).sentence


def _fulltext(workspace: Workspace, job: Job, tell: Tell, stop: Callable[[], bool]) -> str:
    from review.finding import find_full_texts

    actor, reports = Actor(job.person, workspace.protocol.hash), job.args.get("reports", ())
    found = find_full_texts(workspace, actor, reports, tell, stop)
    whys = Counter(one.why for one in found.reports if one.result == "skipped")
    skipped = [f"Skipped: {'; '.join(f'{n:,} because {why}' for why, n in whys.items())}"] if whys else []
    unasked = [f"{place.label} could not be asked: {place.why}" for place in found.unasked]
    return ". ".join([found.summary(), *skipped, *unasked])


RUNS: Mapping[Kind, Run] = {"fulltext": _fulltext, "retractions": _retractions}
"""What does each kind of job."""


class _Off:
    """Set when this process is to end, or has lost the duty."""

    def __init__(self, stop: Event) -> None:
        self._stop, self._lost = stop, Event()

    def set(self) -> None:
        self._lost.set()

    def is_set(self) -> bool:
        return self._stop.is_set() or self._lost.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, and say whether it is set; a change of the outer event is seen after a quarter of a second."""
        end = monotonic() + seconds
        while not self.is_set() and (left := end - monotonic()) > 0:
            self._lost.wait(min(left, 0.25))
        return self.is_set()


class Worker:
    """One process that works for a review until ``stop`` is set.

    Parameters
    ----------
    holder : str
        A name that no other process has.
    say, warn : function of str
        Take a sentence on what was done, and on what went wrong, from any thread.
    stop : Event
        Ends the work; what is under way is left at the next good moment and begun again by the next worker.
    """

    def __init__(
        self,
        workspace: Workspace,
        holder: str,
        say: Callable[[str], None],
        warn: Callable[[str], None],
        stop: Event,
    ) -> None:
        self._workspace, self._store = workspace, workspace.store
        self._holder, self._say, self._warn, self._stop = holder, say, warn, stop
        self._said: set[str] = set()
        self._known: str | None = None  # the protocol in force when it was last looked at

    def once(self) -> bool:
        """Do what there is to do just now, and end; say whether no other process has the duty."""
        if not jobs.hold(self._store, self._holder, DUTY_SECONDS):
            return False
        self._with_duty(once=True)
        return True

    def run(self) -> None:
        """Wait for the duty, work, and give the duty back at the end."""
        waits = False
        while not self._stop.is_set():
            try:
                if jobs.hold(self._store, self._holder, DUTY_SECONDS):
                    waits = False
                    self._with_duty()
                elif not waits:
                    waits = True
                    self._say("Another process works for this review; this one takes over when that ends.")
            except FAILURES as error:  # a database server that is started anew, say
                self._tell("Taking over the work", error)
            self._stop.wait(LOOK_SECONDS)

    def _with_duty(self, *, once: bool = False) -> None:
        """Do all sorts of work side by side: a ranking does not wait for a search of full texts that takes minutes."""
        off = _Off(self._stop)
        self._go_by_the_protocol()
        pieces = (
            ("The ranking", self._ranking(), LOOK_SECONDS),
            ("A job", self._job(off), LOOK_SECONDS),
            ("Retractions", self._notices(off), NOTICES_SECONDS),
            ("Reading full texts", self._texts(), LOOK_SECONDS),
        )
        threads = [Thread(target=self._repeat, args=(*piece, off, once)) for piece in pieces]
        renewing = Thread(target=self._renew, args=(off,))
        for thread in (*threads, renewing):
            thread.start()
        for thread in threads:
            thread.join()
        off.set()
        renewing.join()
        jobs.leave(self._store, self._holder)

    def _renew(self, off: _Off) -> None:
        while not off.wait(RENEW_SECONDS):
            try:
                if not jobs.hold(self._store, self._holder, DUTY_SECONDS):
                    self._say("Another process has taken over.")
                    off.set()
                if self._protocol_in_force() != self._known:
                    off.set()  # and begin again with that one
            except FAILURES as error:  # asked again a little later; the duty lasts some times as long
                self._tell("Saying that this process still works", error)

    def _protocol_in_force(self) -> str | None:
        with self._store.look() as connection:
            return protocols.in_force(connection)

    def _go_by_the_protocol(self) -> None:
        """Read the protocol in force, which another process may have changed, from the database: not from the disk."""
        now, self._known = self._known, self._protocol_in_force()
        if self._known is not None and self._known not in (now, self._workspace.protocol.hash):
            with self._store.look() as connection:
                text = protocols.text_of(connection, self._known)
            try:
                self._workspace = replace(self._workspace, protocol=read_protocol(text.encode()))
            except ReviewError as error:  # written for another version: the one that is known is gone by
                self._tell("The protocol in force", error)

    def _repeat(self, name: str, piece: Callable[[], bool], pause: float, off: _Off, once: bool) -> None:
        """Do one piece after the other, and rest when there is none; after a failure longer each time."""
        failed = 0
        while not off.is_set():
            begun = monotonic()
            try:
                done = piece()
                failed = 0
            except FAILURES as error:
                failed += 1
                self._tell(name, error)
                done = False
            if once and not done:
                return
            spent = monotonic() - begun
            rest = min(2.0**failed, LONGEST_REST) if failed else spent if done else max(pause, 20 * spent)
            off.wait(rest)

    def _tell(self, name: str, error: BaseException) -> None:
        """Say what failed, each thing once."""
        sentence = f"{name}: {_sentence(error)}"
        if sentence not in self._said:
            self._said.add(sentence)
            self._warn(sentence)

    def _ranking(self) -> Callable[[], bool]:
        from screening.ranked import Ranker

        ranker = Ranker(self._store, self._workspace.protocol)

        def piece() -> bool:
            made = ranker.step()
            if made:
                self._say(made)
            return made is not None

        return piece

    def _notices(self, off: _Off) -> Callable[[], bool]:
        def piece() -> bool:
            said = check_included(self._workspace, off.is_set)
            if said:
                self._say(said)
            return said is not None

        return piece

    def _texts(self) -> Callable[[], bool]:
        from review.full_texts import read_next

        tried = set[str]()
        return lambda: read_next(self._store, tried) is not None

    def _job(self, off: _Off) -> Callable[[], bool]:
        def piece() -> bool:
            job = jobs.take(self._store, self._holder)
            if job is None:
                return False
            said = partial(jobs.say, self._store, job.id)
            try:
                message = RUNS[job.kind](self._workspace, job, _now_and_then(said), off.is_set)
            except FAILURES as error:
                jobs.end(self._store, job.id, _sentence(error))
                self._tell(job.kind, error)
                return True
            if off.is_set():
                jobs.put_back(self._store, job.id)
            else:
                jobs.end(self._store, job.id, message)
                self._say(f"{job.kind}: {message}")
            return True

        return piece


def _sentence(error: BaseException) -> str:
    if not isinstance(error, ReviewError):
        return f"{type(error).__name__}: {error}"
    return f"{error.message} ({error.hint})" if error.hint else error.message


def _now_and_then(said: Callable[[int, int | None, str], None]) -> Tell:
    last = -TELL_SECONDS

    def tell(label: str, done: int, total: int | None) -> None:
        nonlocal last
        if monotonic() - last >= TELL_SECONDS:
            last = monotonic()
            said(done, total, label)

    return tell
