"""The contract of a source of notices: what it is asked, and what it says. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from searches.source import About, Credentials, Request

Kind = Literal["retracted", "concern", "corrected"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice on a report.

    ``about`` is the notice's DOI or PMID, else where it was printed, ``""`` when that is not said. ``on`` is its date,
    as precise as it is known; ``label`` is what the source calls it.
    """

    kind: Kind
    about: str = ""
    on: str | None = None
    label: str | None = None


Said: TypeAlias = Mapping[str, tuple[Notice, ...]]
"""Key of a report -> its notices; a key that the source does not know is absent."""


@dataclass(frozen=True, slots=True)
class Checking:
    """One source of notices.

    ``takes`` are the schemes of the keys (``doi:…``, ``pmid:…``) that it can be asked by; ``many`` keys of one scheme
    are asked at once, but for those that ``alone`` holds of. ``ask(keys, credentials)`` builds the request, ``read``
    reads its reply and raises SourceError when it is none. ``unknown`` stands in the error by which the source refuses
    a single key that it does not know.
    """

    about: About
    takes: tuple[str, ...]
    many: int
    ask: Callable[[Sequence[str], Credentials], Request]
    read: Callable[[bytes], Said]
    unknown: str
    alone: Callable[[str], bool] = lambda key: False


def value(key: str) -> str:
    """Give a key without its scheme.

    >>> value("doi:10.5555/a:b")
    '10.5555/a:b'
    """
    return key.partition(":")[2]
