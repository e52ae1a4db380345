"""The contract of a citation index: what it is asked, and what its module gives. Values only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, cast

from review.record import Record
from searches.source import About, Credentials, Loss, Page, Request

Of = Literal["find", "references", "citations", "fetch"]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask: look up reports (``find``), a list of one report's links, or the records behind links.

    ``keys`` are ``doi:…``, ``pmid:…`` or, of the index itself, ``id:…``, all of one scheme; none holds white space.
    ``cursor`` asks for a further page, ``again`` for the second reading of a list that did not come whole.
    """

    of: Of
    keys: tuple[str, ...]
    cursor: str | None = None
    again: bool = False

    def __str__(self) -> str:
        marks: tuple[str, ...] = ("again",) if self.again else ()
        marks += (f"@{self.cursor}",) if self.cursor else ()
        return " ".join((self.of, *marks, *self.keys))

    @property
    def scheme(self) -> str:
        """What the keys are: ``doi``, ``pmid`` or ``id``."""
        return self.keys[0].partition(":")[0]

    @property
    def values(self) -> tuple[str, ...]:
        """The keys without their scheme."""
        return tuple(key.partition(":")[2] for key in self.keys)

    @staticmethod
    def parse(text: str) -> Question:
        """Read the text of a question back.

        >>> Question.parse("citations again @page=2 id:W1")
        Question(of='citations', keys=('id:W1',), cursor='page=2', again=True)
        """
        of, *words = text.split(" ")
        again = words[0] == "again"
        words = words[1:] if again else words
        cursor = words.pop(0)[1:] if words[0].startswith("@") else None
        return Question(cast(Of, of), tuple(words), cursor, again)


@dataclass(frozen=True, slots=True)
class Citing:
    """One citation index.

    ``ask(question, credentials)`` builds the request; ``read(reply, question)`` reads its reply, with the question as
    text (it is kept beside the reply, as a search's cursor is). A list may hold records of which little is known:
    ``lacking`` gives the key by which such a one is fetched whole (at the index ``through``, where it is another one),
    ``None`` when nothing is lacking or nothing more can be asked. ``takes`` is what it can be asked by, ``own`` the key
    of the index among them. ``finds`` is whether reports are looked up before their lists are asked, and ``cited``
    gives the references that the record found so names itself. ``many`` keys are asked at once. ``losses`` is what it
    never knows.
    """

    about: About
    ask: Callable[[Question, Credentials], Request]
    read: Callable[[bytes, str | None], Page]
    takes: re.Pattern[str]
    many: int
    losses: tuple[Loss, ...]
    lacking: Callable[[Record], str | None] = lambda record: None
    through: Citing | None = None
    finds: bool = True
    cited: Callable[[Record], tuple[Record, ...]] | None = None


def keys(record: Record) -> tuple[str, ...]:
    """Give every key of a record: its source's own id, DOI, PMID.

    >>> keys(Record(source_id="W1", doi="10.5555/1"))
    ('id:W1', 'doi:10.5555/1')
    """
    pairs = (("id", record.source_id), ("doi", record.doi), ("pmid", record.pmid))
    return tuple(f"{scheme}:{value}" for scheme, value in pairs if value)
