"""The engine for several machines: parts of the work go to the workers of a Dask cluster. Dask is used nowhere else.

Workers need this package, memory and a connection to the scheduler; no review folder, no disk. How to start them, and
what travels over the network: docs/cluster.md.

A part is sent inside its task and not scattered first: the scheduler keeps tasks until they are done, so a part
outlives the worker that had it (https://github.com/dask/distributed/issues/3149, checked 2026-11-22).
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from typing import Any, TypeAlias, TypeVar

import review
from review.errors import ReviewError
from searches.dedupe.engines import Engine

try:
    import dask.config
    from distributed import Client, Future, KilledWorker, LocalCluster, Security, Worker, WorkerPlugin
    from distributed.client import ClosedClientError
    from distributed.comm.core import connect
    from distributed.protocol.serialize import deserialize_bytes, serialize_bytes
except ModuleNotFoundError as missing:
    raise ReviewError(
        f"the engine dask needs a package that is not installed: {missing.name}",
        hint="pip install 'narrative-review[dask]', or use the local engine",
    ) from missing

Part = TypeVar("Part")
Done = TypeVar("Done")
Environment: TypeAlias = dict[str, str]

CONNECT = 10
"""Seconds in which a scheduler must answer."""
PATIENCE = 120
"""Seconds to wait for a first worker, and for another one when all are gone: a queue may be starting them."""
ASK = 5
"""Seconds between two looks whether any worker is left."""
AHEAD = 2
"""Parts in flight for each thread of a worker: one in work, one at hand. Bounds the memory everywhere."""

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^\s:/@\[\]]+):(\d{1,5})")

_TLS_HINT = (
    "set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT and "
    "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY to your files (docs/cluster.md)"
)

_QUIET: dict[str, Any] = {
    # One part may well be 20 MB; few are in flight, and each is sent once.
    "distributed.admin.large-graph-warning-threshold": "1 GiB",
    # A cluster of our own serves no pages and measures nothing.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
}


def _environment() -> Environment:
    """Name all that a result can depend on: versions, and a hash of the code that compares and judges."""
    sources = [entry for package in ("review", "searches.dedupe") for entry in files(package).iterdir()]
    code = hashlib.blake2b(digest_size=8)
    for source in sorted(sources, key=lambda source: source.name):
        if source.name.endswith(".py"):
            code.update(source.name.encode() + b"\0" + source.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    packages = ("distributed", "numpy", "pandas", "rapidfuzz")
    return {
        "narrative-review": review.__version__,
        "its code": code.hexdigest(),
        "Python": ".".join(map(str, sys.version_info[:2])),
        **{name: version(name) for name in packages},
    }


ENVIRONMENT = _environment()
"""Of this process, as it was when its code was loaded."""


@dataclass(frozen=True, slots=True, repr=False)
class Parcel:
    """A task and its part as bytes: the scheduler need not unpack them, and no log can show a record."""

    content: bytes


def work(parcel: Parcel) -> tuple[Environment, Any]:
    """Do one part; runs on a worker. Say with what it was done, for workers may join at any time."""
    task, part = deserialize_bytes(parcel.content)
    return ENVIRONMENT, task(part)


def environment_there() -> Environment:
    """Say what a worker has; runs there."""
    return ENVIRONMENT


class OnDask:
    """Runs parts on the workers that a client sees."""

    def __init__(self, client: Client, where: str) -> None:
        self._client = client
        self._where = where

    def map(self, task: Callable[[Part], Done], parts: Iterable[Part]) -> Iterator[Done]:
        """Give the results in the order of the parts; a part whose worker dies is done again by another.

        Raises
        ------
        ReviewError
            A part that several workers died of; no worker or no scheduler any more; a worker with other code.
        """
        flying: deque[Future[Any]] = deque()
        try:
            for part in parts:
                while len(flying) >= self._room():
                    yield self._landed(flying.popleft())
                flying.append(self._sent(task, part))
            while flying:
                yield self._landed(flying.popleft())
        finally:
            for future in flying:
                future.release()

    def _room(self) -> int:
        """Count anew each time how many parts the workers can take: they come and go."""
        return max(1, AHEAD * self._threads())

    def _threads(self) -> int:
        try:
            return sum(self._client.nthreads().values())
        except (OSError, AttributeError) as lost:
            raise self._lost() from lost

    def _sent(self, task: Callable[[Part], Done], part: Part) -> Future[Any]:
        try:
            return self._client.submit(work, Parcel(serialize_bytes((task, part))), pure=False)
        except ClosedClientError as lost:
            raise self._lost() from lost

    def _landed(self, future: Future[Any]) -> Any:
        """Take the result of one part and let go of it."""
        try:
            environment, done = self._result(future)
        except KilledWorker as killed:
            raise ReviewError(
                f"{killed.allowed_failures + 1} workers died of the same part of the work",
                hint="most often they lack memory: see their logs, and give each at least 2 GB",
            ) from killed
        except CancelledError as lost:
            raise self._lost() from lost
        except ImportError as missing:
            raise _refused({f"a worker of {self._where}": missing}) from missing
        finally:
            future.release()
        if environment != ENVIRONMENT:
            raise _refused({f"a worker of {self._where}": environment})
        return done

    def _result(self, future: Future[Any]) -> Any:
        """Fetch a result; it can be lost with its worker on the way, and is then made again."""
        while True:
            self._wait(future)
            try:
                return future.result(timeout=PATIENCE)
            except TimeoutError:
                if future.status == "error":  # the task's own
                    raise
                if not self._threads():
                    raise _no_workers(self._where) from None

    def _wait(self, future: Future[Any]) -> None:
        """Wait until a part is done or failed, as long as there is anybody who could do it."""
        alone = 0
        while alone < PATIENCE:
            try:
                future.exception(timeout=ASK)
                return
            except TimeoutError:
                alone = 0 if self._threads() else alone + ASK
        raise _no_workers(self._where)

    def _lost(self) -> ReviewError:
        return ReviewError(
            f"the connection to the Dask scheduler at {self._where} was lost; nothing was merged",
            hint="see whether it still runs, and start again",
        )


class LeftToTheClient(WorkerPlugin):
    """Keeps Ctrl-C, which a terminal sends to all processes, from the workers: the client ends them."""

    def setup(self, worker: Worker) -> None:
        """Run in each worker when it starts."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def dask_engine(scheduler: str | None) -> Iterator[Engine]:
    """Give an engine on the workers of a scheduler, or of a cluster of processes on this machine for ``None``.

    The cluster of this machine listens on 127.0.0.1 only, to holders of a certificate made for this one run, and ends
    with the context. ``scheduler`` is ``tcp://HOST:PORT``, or ``tls://HOST:PORT`` with the certificates that Dask's own
    configuration names.

    Raises
    ------
    ReviewError
        No such address, nobody answers there, no workers, or workers with other versions than here.
    """
    with dask.config.set(_QUIET):
        if scheduler is not None:
            _reach(scheduler)
            with Client(scheduler, timeout=CONNECT, set_as_default=False) as client:
                _check(client, scheduler)
                yield OnDask(client, scheduler)
            return
        with (
            LocalCluster(
                host="127.0.0.1",
                threads_per_worker=1,
                memory_limit=None,
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                security=True,
                silence_logs=logging.ERROR,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            client.register_plugin(LeftToTheClient())
            _check(client, "this machine")
            yield OnDask(client, "this machine")


def _reach(address: str) -> None:
    """Shake hands once, within ``CONNECT`` seconds: the client itself would wait for ever for a silent port."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not 0 < int(match[3]) < 65536:
        raise ReviewError(
            f"{address!r} is no address of a Dask scheduler",
            hint="it looks like tcp://10.0.0.5:8786 (or tls://...); `dask scheduler` prints it when it starts",
        )

    try:
        security = Security().get_connection_args("client")
    except OSError as unreadable:
        raise ReviewError(
            f"the certificates for {address} cannot be used: {unreadable}", hint=_TLS_HINT
        ) from unreadable
    if match[1] == "tls" and security["ssl_context"] is None:
        raise ReviewError(f"{address} needs certificates, and Dask's configuration names none", hint=_TLS_HINT)

    async def shake() -> None:
        comm = await asyncio.wait_for(connect(address, timeout=CONNECT, **security), CONNECT)
        comm.abort()

    try:
        asyncio.run(shake())
    except (OSError, TimeoutError) as silent:
        raise ReviewError(
            f"no Dask scheduler answers at {address} ({type(silent).__name__})",
            hint="start one with `dask scheduler` and take the address that it prints; look at firewalls, and at "
            "tcp:// against tls://",
        ) from silent


def _check(client: Client, where: str) -> None:
    """Refuse workers that could judge otherwise than this process would: the merge would be wrong in silence."""
    try:
        found: dict[str, object] = {f"the scheduler at {where}": client.run_on_scheduler(environment_there)}
    except ImportError as missing:
        raise _refused({f"the scheduler at {where}": missing}) from missing
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as none:
        raise _no_workers(where) from none
    found |= {f"the worker at {who}": there for who, there in client.run(environment_there, on_error="return").items()}
    strangers = {who: there for who, there in found.items() if there != ENVIRONMENT}
    if strangers:
        raise _refused(strangers)


def _refused(strangers: dict[str, object]) -> ReviewError:
    """Say who differs in what; of many, the first and how many more."""
    who, there = min(strangers.items())
    if isinstance(there, dict):
        names = [name for name in ENVIRONMENT if there.get(name) != ENVIRONMENT[name]]
        what = ", ".join(f"{name} is {there.get(name, 'missing')}, here {ENVIRONMENT[name]}" for name in names)
    else:
        what = f"narrative-review {review.__version__} could not be loaded: {there}"
    others = f" (and {len(strangers) - 1} more)" if len(strangers) > 1 else ""
    return ReviewError(
        f"{who} has another environment than this machine{others}: {what}",
        hint="install the same there as here and start it anew: `pip freeze` here, `pip install -r` there",
    )


def _no_workers(where: str) -> ReviewError:
    return ReviewError(
        f"the Dask scheduler at {where} has had no worker for {PATIENCE} seconds",
        hint="start some: `dask worker ADDRESS --nthreads 1` on each machine (docs/cluster.md)",
    )
