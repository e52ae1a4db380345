"""Where the parts of the work run: here, one after another. Other engines keep the same promise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Part = TypeVar("Part")
Done = TypeVar("Done")


class Engine(Protocol):
    """Runs a function over parts; the result never depends on which engine did."""

    def map(self, task: Callable[[Part], Done], parts: Iterable[Part]) -> Iterator[Done]:
        """Give ``task(part)`` of every part, in the order of the parts.

        ``task`` is a function of a module (it can be sent to another process), pure, and may be run twice for one
        part: a worker can die. Parts are taken as they are needed, so few of them exist at a time.
        """
        ...


class Here:
    """Runs everything in this process."""

    def map(self, task: Callable[[Part], Done], parts: Iterable[Part]) -> Iterator[Done]:
        """Give the results one by one."""
        return map(task, parts)
