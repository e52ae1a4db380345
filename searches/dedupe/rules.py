"""The rules: what makes two records one document, what speaks against it, what a person should look at.

Each row has a name, a condition on the compared pairs and a sentence for people. Unknown is NaN, and every
comparison with NaN is false, so a missing value can never satisfy ``== 1`` or ``>= 0.9``: evidence is positive.
``x != 0`` reads *does not contradict*. Why each row exists: docs/decisions/0005-dedupe-rules.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Compared pairs, a column for each field, one value for each pair."""

    title: Values
    """Letters that agree, 0..1; so are ``authors``, ``journal`` and ``abstract``; NaN where either side is unknown."""
    words: Values
    """How far the words of the shorter title are in the longer one, 0..1."""
    authors: Values
    journal: Values
    abstract: Values
    gap: Values
    """Years between."""
    doi: Values
    """1 the same (one in common), 0 different, NaN unknown; so are the columns down to ``venue``."""
    pmid: Values
    volume: Values
    issue: Values
    page: Values
    span: Values
    """First and last page of a document on more than one."""
    trial: Values
    sort: Values
    numbers: Values
    venue: Values
    starts: Mask
    """One title goes on where the other ends."""
    sequel: Mask
    """It goes on with the number of a part."""
    exchanged: Mask
    """A word of one stands in the place of another word of the other."""
    generic: Mask
    """Either title is one that many documents bear."""
    long: Mask
    """Both titles have five words or more."""
    ahead: Mask
    """Just one record has a volume."""
    registers: Mask
    """They are entries of two different trial registers."""
    entry: Mask
    """Both are the same entry of a trial register, under whatever title."""
    cochrane: Mask
    """Both are of one Cochrane review."""
    version: Mask
    """Both are of one Cochrane review, and versions are to be joined."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: ``when`` it holds, the records are what the table says."""

    name: str
    when: Callable[[Pairs], Mask]
    reason: str
    sure: bool = False
    """Whoever fits one of two records joined by a sure rule fits both: their differences are slips in the data."""


@dataclass(frozen=True, slots=True)
class Veto:
    """One row: ``when`` it holds, two records are not merged.

    ``ask`` shows such a pair to a person. ``whole`` also keeps the two out of one cluster that others would make.
    ``offer`` is the answer to suggest to that person when it is not *duplicate*: ``study`` for another report of the
    same study.
    """

    name: str
    when: Callable[[Pairs], Mask]
    reason: str
    ask: bool
    whole: bool = True
    offer: str = ""


def _place(p: Pairs) -> Mask:
    holds: Mask = (p.volume == 1) & (p.page == 1)
    return holds


def _same_span(p: Pairs) -> Mask:
    """The same several pages of one volume: room for no second document."""
    holds: Mask = (p.volume == 1) & (p.span == 1)
    return holds


def _calm(p: Pairs) -> Mask:
    """Nothing about the place of publication contradicts."""
    holds: Mask = (p.volume != 0) & (p.page != 0)
    return holds


def _same_title(p: Pairs) -> Mask:
    holds: Mask = (p.title >= 0.93) | ((p.words >= 0.97) & (p.title >= 0.8))
    return holds


def _cut(p: Pairs) -> Mask:
    """One title of five words or more is the beginning of the other."""
    holds: Mask = p.starts & p.long & (p.gap == 0) & (p.authors >= 0.7)
    return holds


def _same_year(p: Pairs) -> Mask:
    """The year agrees; the volume stands for a year that is not known."""
    holds: Mask = (p.gap == 0) | (np.isnan(p.gap) & (p.volume == 1))
    return holds


def _near_title(p: Pairs) -> Mask:
    holds: Mask = p.starts | (p.title >= 0.75) | (p.words >= 0.9) | (p.abstract >= 0.9)
    return holds


def _identified(p: Pairs) -> Mask:
    """An identifier is shared, or versions are joined on demand."""
    holds: Mask = (p.doi == 1) | (p.pmid == 1) | ((p.trial == 1) & (_same_title(p) | p.entry)) | p.version
    return holds


def _twin(p: Pairs) -> Mask:
    """All else equal: a paper registered twice. The abstract stands for a volume that is damaged."""
    placed = _place(p) | ((p.page == 1) & (p.journal >= 0.9) & (p.abstract >= 0.97))
    holds: Mask = (p.title >= 0.97) & (p.authors >= 0.9) & (p.gap == 0) & placed
    return holds


def _doi_page(p: Pairs) -> Mask:
    """One DOI and one first page: not two abstracts of a supplement."""
    holds: Mask = (p.doi == 1) & (p.page == 1)
    return holds


def _same_abstract(p: Pairs) -> Mask:
    """One abstract in one volume of a journal: what sort of document the records are called does not count."""
    holds: Mask = (p.abstract >= 0.9) & (p.journal >= 0.9) & (p.volume == 1) & (p.gap == 0) & (p.page != 0)
    return holds


def _same_issue(p: Pairs) -> Mask:
    """All but the page is equal, down to the issue."""
    same = (p.title >= 0.95) & (p.authors >= 0.95) & (p.gap == 0) & (p.journal >= 0.8) & (p.volume == 1)
    holds: Mask = same & (p.issue == 1) & ~(p.abstract < 0.8) & p.long & ~p.generic
    return holds


def _exchanged(p: Pairs) -> Mask:
    """A word differs and nothing shows that it is one document all the same."""
    one = _same_span(p) | (p.pmid == 1) | (p.abstract >= 0.9) | (_doi_page(p) & (p.title >= 0.95)) | p.entry
    holds: Mask = p.exchanged & ~one
    return holds


MERGE: tuple[Rule, ...] = (
    Rule("doi", lambda p: (p.doi == 1) & _same_title(p) & (~p.generic | (_calm(p) & ~(p.authors < 0.6))),
         "same DOI and same title", sure=True),
    Rule("pmid", lambda p: (p.pmid == 1) & ((p.title >= 0.8) | (p.words >= 0.9)),
         "same PubMed number and same title", sure=True),
    Rule("pmid_untitled", lambda p: (p.pmid == 1) & np.isnan(p.title) & _calm(p) & ~(p.authors < 0.6) & ~(p.gap > 1),
         "same PubMed number, one record has no title and contradicts in nothing"),
    Rule("doi_authors", lambda p: (p.doi == 1) & (p.authors >= 0.8) & _calm(p) & _near_title(p) & ~p.generic,
         "same DOI and authors, similar title or same abstract"),
    Rule("trial", lambda p: (p.trial == 1) & (_same_title(p) | p.entry), "same entry of a trial register"),
    Rule("cochrane_update", lambda p: p.version & ((p.title >= 0.85) | (p.authors >= 0.6)),
         "versions of one Cochrane review"),
    Rule("place", lambda p: _place(p) & _same_title(p) & ~(p.gap > 1) & ((p.authors >= 0.6) | (p.journal >= 0.8)),
         "same title, volume and first page, and the same authors or journal"),
    Rule("place_start", lambda p: _place(p) & (p.starts | (p.words >= 0.9)) & (p.authors >= 0.7) & ~(p.gap > 1),
         "same authors, volume and first page, and one title lacks a part of the other"),
    Rule("place_authors", lambda p: _place(p) & (p.authors >= 0.8) & (p.journal >= 0.8) & (p.gap <= 1) & _near_title(p)
         & ~p.generic, "same authors, journal, volume and first page, similar title or same abstract"),
    Rule("pages", lambda p: _same_span(p) & (p.authors >= 0.8) & (p.journal >= 0.8) & ~(p.gap > 1),
         "same authors, journal, volume, first and last page; the titles may be in two languages"),
    Rule("page", lambda p: (p.page == 1) & (p.volume != 0) & (_same_title(p) | _cut(p)) & ~(p.gap > 1) & ~p.generic
         & ((p.gap <= 1) | (p.journal >= 0.8)) & ((p.authors >= 0.7) | (np.isnan(p.authors) & (p.journal >= 0.8))),
         "same title and first page, the same authors or journal, years at most one apart; of an unknown year both"),
    Rule("other_volume", lambda p: (p.page == 1) & (p.gap == 0) & (p.title >= 0.95) & (p.authors >= 0.8)
         & (p.journal >= 0.8) & ~p.generic,
         "same title, authors, year, journal and first page; one volume number is wrong"),
    Rule("other_page", _same_issue, "same title, authors, journal, volume and issue; one page number is wrong"),
    Rule("journal", lambda p: (p.title >= 0.95) & (p.authors >= 0.8) & _same_year(p) & (p.journal >= 0.8) & _calm(p)
         & ~p.generic, "same title, authors, year and journal"),
    Rule("volume", lambda p: (p.title >= 0.95) & (p.gap == 0) & (p.journal >= 0.8) & (p.volume == 1) & (p.page != 0)
         & ~(p.authors < 0.8) & ((p.issue == 1) | (p.abstract >= 0.9) | (p.long & (p.issue != 0))) & ~p.generic,
         "same title, journal and volume, and the same issue or abstract, or a long title in no other issue"),
    Rule("online_first", lambda p: (p.title >= 0.97) & (p.authors >= 0.9) & (p.gap == 1) & (p.journal >= 0.9)
         & (p.ahead | ((p.volume == 1) & (p.issue != 0))) & _calm(p) & ~(p.abstract < 0.8) & p.long & ~p.generic,
         "same title, authors and journal; one record is from before the article had a volume, or the volume agrees"),
    Rule("title_authors", lambda p: (p.title >= 0.97) & (p.authors >= 0.9) & (p.gap == 0) & _calm(p) & p.long
         & ~p.generic, "same long title, authors and year"),
    Rule("title_abstract", lambda p: (p.title >= 0.97) & (p.abstract >= 0.95) & (p.gap == 0) & _calm(p) & p.long
         & ~p.generic & ~(p.authors < 0.4), "same long title, abstract and year"),
    Rule("abstract", lambda p: (p.abstract >= 0.95) & ((p.title >= 0.7) | p.starts | (p.words >= 0.9))
         & (p.authors >= 0.8) & (p.gap <= 1) & _calm(p),
         "same abstract and authors, similar title"),
)  # fmt: skip
"""Enough to merge two records; the first row that holds is the one that is named."""

VETO: tuple[Veto, ...] = (
    Veto("sort", lambda p: (p.sort == 0) & ~((p.title >= 0.97) & ((p.pmid == 1) | _place(p) | _doi_page(p))),
         "one is a correction, reply, comment or book review, the other is not", ask=False),
    Veto("numbers", lambda p: (p.numbers == 0) & ~_doi_page(p) & (p.pmid != 1)
         & ~_same_span(p),
         "the titles differ in a number (part I and II, seventh and tenth report)", ask=False),
    Veto("cochrane_version", lambda p: p.cochrane & ~p.version
         & ((p.doi == 0) | (p.gap > 0) | ((p.doi != 1) & (p.issue == 0))),
         "different versions of one Cochrane review", ask=False),
    Veto("venue", lambda p: (p.venue == 0) & ~_identified(p) & ~_place(p) & ~_same_abstract(p),
         "journal article, conference paper or preprint: perhaps reports of one study", ask=True, offer="study"),
    Veto("journal", lambda p: (p.journal < 0.8) & ~_identified(p) & ~_place(p), "different journals", ask=True,
         offer="study"),
    Veto("two_dois", lambda p: (p.doi == 0) & ~_twin(p) & ~p.version & (p.title >= 0.97) & (p.journal >= 0.8)
         & (p.gap == 0) & (p.volume == 1) & _calm(p) & ~p.generic,
         "two DOIs in one volume, and nothing else that differs: one DOI may be wrong", ask=True),
    Veto("doi", lambda p: (p.doi == 0) & ~_twin(p) & ~p.version, "different DOIs", ask=False),
    Veto("pmid", lambda p: (p.pmid == 0) & (p.doi != 1) & ~p.version, "different PubMed numbers", ask=False),
    Veto("slip", lambda p: _exchanged(p) & _place(p) & (p.title >= 0.9) & (p.authors >= 0.8) & (p.journal >= 0.8)
         & (p.gap == 0), "a word of one title stands in the place of another word, but authors, volume and first page "
         "agree: a slip, or two abstracts on one page", ask=True),
    Veto("word", lambda p: _exchanged(p),
         "a word of one title stands in the place of another word (men and women, one year and five)", ask=False),
    Veto("sequel", lambda p: p.sequel & ~_identified(p) & ~_place(p),
         "one title goes on with the number of a part", ask=True),
    Veto("registers", lambda p: p.registers & (p.title >= 0.97), "entries of two trial registers under one title",
         ask=True, offer="study"),
    Veto("trial", lambda p: p.trial == 0, "different entries of trial registers", ask=False),
    Veto("volume_page", lambda p: (p.volume == 0) & (p.page == 0) & ~((p.doi == 1) & (p.title >= 0.95)) & ~p.version,
         "different volume and pages", ask=True),
    Veto("generic", lambda p: p.generic & ~_place(p) & ~_identified(p),
         "a title that many documents bear, without the same volume and page or identifier", ask=False),
    Veto("years", lambda p: (p.gap > 1) & ~_identified(p) & ~_place(p), "published more than a year apart", ask=False),
    Veto("page", lambda p: (p.page == 0) & ~_identified(p) & ~_same_issue(p), "different pages", ask=True, whole=False),
    Veto("volume", lambda p: (p.volume == 0) & ~_identified(p) & ~((p.page == 1) & (p.gap == 0)),
         "different volumes", ask=True),
    Veto("authors", lambda p: (p.authors < 0.4) & ~_identified(p) & ~_place(p), "different authors", ask=True),
)  # fmt: skip
"""What stops a merge, pair by pair and in a cluster as a whole; the first row that holds is named."""

UNSURE: tuple[Rule, ...] = (
    Rule("near_year", lambda p: (p.title >= 0.95) & (p.authors >= 0.8) & (p.gap == 1) & p.long & ~p.generic & _calm(p),
         "same title and authors, years one apart"),
    Rule("no_year", lambda p: (p.title >= 0.95) & (p.authors >= 0.8) & np.isnan(p.gap) & p.long & ~p.generic & _calm(p),
         "same title and authors, the year of one is unknown"),
    Rule("untitled", lambda p: (p.doi == 1) & np.isnan(p.title) & _calm(p) & ~(p.authors < 0.6) & ~(p.gap > 1),
         "same DOI, one record has no title"),
    Rule("other_authors", lambda p: (p.title >= 0.97) & (p.gap == 0) & ~(p.authors >= 0.8) & p.long & ~p.generic
         & _calm(p) & ~(p.abstract < 0.5),
         "same long title and year, other authors or none"),
    Rule("longer_title", lambda p: p.starts & (p.authors >= 0.8) & (p.gap <= 1) & _calm(p) & ~p.generic,
         "same authors and year, and one title goes on where the other ends"),
    Rule("similar_title", lambda p: (p.title >= 0.88) & (p.authors >= 0.8) & (p.gap <= 1) & _calm(p) & ~p.generic,
         "same authors and year, similar title"),
    Rule("elsewhere", lambda p: (p.title >= 0.95) & (p.authors >= 0.8) & (p.gap == 0) & (p.journal >= 0.8)
         & ~_calm(p) & p.long & ~p.generic, "same title, authors, year and journal, other first page or volume"),
    Rule("other_report", lambda p: (p.title >= 0.97) & (p.authors >= 0.8) & (p.gap <= 1) & p.long & ~p.generic
         & ((p.venue == 0) | (p.journal < 0.8)), "same title and authors, elsewhere"),
    Rule("same_place", lambda p: _place(p) & (p.authors >= 0.8) & (p.journal >= 0.8) & (p.gap == 0) & (p.doi != 0),
         "same authors, journal, volume and first page, but other titles"),
)  # fmt: skip
"""Not enough to merge, enough to ask a person."""

OFFERS: dict[str, str] = {f"not_{row.name}": row.offer for row in VETO if row.offer}
"""The answer that a pair shown under this name suggests; where a name is missing, *duplicate* is to be judged."""

JUDGED_SAME, IDENTICAL, CROWDED, DISPUTED = "judged_same", "identical", "crowded", "disputed"
FITS_BOTH = "fits_both"

SURE = frozenset(row.name for row in MERGE if row.sure)

REASONS: dict[str, str] = {
    **{row.name: row.reason for row in (*MERGE, *UNSURE)},
    **{f"not_{row.name}": row.reason for row in VETO},
    JUDGED_SAME: "a person judged that they are the same",
    IDENTICAL: "every bibliographic field is the same",
    CROWDED: "fits a cluster that is already too large to be believed",
    DISPUTED: "fits one record of a cluster and contradicts another",
    FITS_BOTH: "a new record fits two reports that were there before",
}
"""Every name that ``Link.rule`` can hold, with its sentence."""
