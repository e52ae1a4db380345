"""What a file holds, as a value: what reading it gave, and what matching looks at. Nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass

from searches.fulltext.places import Kind


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds.

    ``texts`` are (label, text) of its pages in order, labelled by their numbers; of an article in XML its sections,
    labelled by their names, with ``title``, ``doi`` and ``sort`` as the article itself says them. ``pictures``: there
    are some on the first pages. ``why`` says why it is no full text that can be used; then there is nothing else.
    """

    kind: Kind | None = None
    pages: int | None = None
    texts: tuple[tuple[str, str], ...] = ()
    pictures: bool = False
    title: str | None = None
    doi: str | None = None
    sort: str | None = None
    why: str | None = None
