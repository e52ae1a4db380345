"""Is what a file says the paper that was wanted? Its first pages are compared with title, DOI and authors. Pure.

The paper's DOI stands on its first two pages, or its title does, with one of its authors. Letter for letter this
cannot be asked: text taken from a PDF has gaps within words and none between them, so both are compared without gaps.
What is *about* the paper (a correction, a reply, a supplement) bears its title too, and often its DOI: that is looked
for first. A paper that only cites it has both in its references: what stands behind that heading is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from rapidfuzz import fuzz

from review import identifiers
from searches.dedupe.titles import Title, exchanged, folded, read_title
from searches.fulltext.contents import Contents
from searches.fulltext.places import Verdict, Wanted

FIRST_PAGES, DOI_PAGES = 3, 2
LIKE = 90
"""Letters in common (percent) that make a passage the title, once numbers and exchanged words are looked at besides.
Of 17,940 pairs of a made-up paper's pages and another's title, which differed in a word or two, two reached it; of
titles with one letter in twenty lost or changed, 96 in 100 did, with one in ten 55 (``bench/dropping.py``)."""
SHORT = 30
"""Letters of a title below which it must stand there exactly: 90 percent of fewer are too few to tell titles apart."""
TELLING = 12
"""Letters of a title below which it says nothing by itself."""
FEW = 200
"""Letters on the first pages below which there is nothing to compare: a stamp of the library on each scanned page."""
_AROUND = 200
_LINES = 8

_REFERENCES = re.compile(
    r"^\W*(?:\d+\W+)?(?:references?(?: and notes)?|literature(?: cited)?|bibliography|works cited)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_BROKEN = re.compile(r"(?<=[/.\-_(])[ \t]*\n\s*")
"""A DOI that goes on in the next line."""

# Labels that stand alone in a line at the top of what is about a paper, folded.
_LABELS = (
    ("a correction",
     r"(?:(?:author|publisher) )?(?:correction|erratum|errata|corrigend\w+|addendum)(?: (?:to|for) .*)?"),
    ("a retraction notice",
     r"(?:retraction|withdrawal)(?: (?:note|notice))?(?: (?:to|of|for) .*)?|notice of retraction.*|"
     r"(?:editorial )?expression of concern.*"),
    ("supplementary material",
     r"(?:online )?(?:supplement(?:ary|al)?|supporting) (?:online )?(?:content|material|appendix|information|data|file|"
     r"methods|text|table|figure)s?(?: \w{1,3})?|supplement to .*|data supplement|"
     r"online (?:appendix|supplement)(?: \w{1,3})?|web appendix.*"),
    ("a reviewers' report",
     r"(?:transparent )?peer review (?:file|report|history)s?|reporting summary|reviewer comments"),
)  # fmt: skip
_LABELLED = tuple((what, re.compile(pattern)) for what, pattern in _LABELS)
_BEFORE = (
    ("a correction", r"(?:correction|erratum|corrigendum|addendum)(?: (?:to|for|of|in))?"),
    ("a retraction notice",
     r"(?:retraction|withdrawal|expression of concern)(?: (?:note|notice))?(?: (?:to|of|for|on))?"),
    ("supplementary material",
     r"(?:supplement(?:ary|al)?|supporting)(?: \w+){0,3} (?:to|for|of|accompanying)|"
     r"(?:supplement(?:ary|al)?|supporting) (?:material|appendix|information|data|file)s?"),
    ("a reply or comment",
     r"re|reply|(?:reply|response|rejoinder|rebuttal|comments?|commentary|letter|editorial) "
     r"(?:to|on|for|regarding|about|concerning)"),
)  # fmt: skip
_OF_IT = r"(?: the)?(?: (?:original )?(?:article|paper|study|letter|editorial|manuscript))?(?: (?:entitled|titled|on))?"
_ANNOUNCED = tuple((what, re.compile(rf"(?:^| )(?:{pattern}){_OF_IT}$")) for what, pattern in _BEFORE)
_AFTER = (
    ("a reply or comment", r"(?:an? |the )?(?:authors? |in )?(?:reply|response|rejoinder|commentary|comment)\b"),
    ("a correction", r"(?:an? )?(?:correction|erratum|corrigendum)\b"),
    ("the study's protocol", r"(?:an? |the )?(?:study |trial |review )?protocol\b"),
    ("supplementary material", r"(?:supplement(?:ary|al)?|supporting) (?:material|appendix|information|data|file)"),
)
_FOLLOWED = tuple((what, re.compile(pattern)) for what, pattern in _AFTER)
_OWN_SORT = {"reply": "a reply or comment", "comment": "a reply or comment", "erratum": "a correction",
             "retraction": "a retraction notice", "protocol": "the study's protocol"}  # fmt: skip
_DECLARED = {"correction": "a correction", "retraction": "a retraction notice", "reply": "a reply or comment"}
"""``article-type`` of an article in XML (https://jats.nlm.nih.gov/archiving/tag-library/1.3/attribute/article-type.html,
checked 2026-11-22)."""
_YEAR_OF_A_REFERENCE = re.compile(r"(?:\w+ ){0,8}?(?:19|20)\d\d(?: \d+| \w+ \d+)")


@dataclass(frozen=True, slots=True)
class Opening:
    """The first pages of a file, ready to compare: their folded words, the same without gaps, DOIs, first lines.

    ``title`` and ``sort`` are what an article in XML says of itself.
    """

    pages: tuple[str, ...]
    dois: tuple[str, ...]
    lines: tuple[str, ...]
    title: str | None = None
    sort: str | None = None
    squeezed: tuple[tuple[str, tuple[int, ...]], ...] = field(default=())

    @property
    def letters(self) -> int:
        """How many letters there are to compare."""
        return sum(len(text) for text, _ in self.squeezed)


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a file is one paper: by ``doi`` or ``title``, or why not; ``near`` when it has to do with the paper."""

    by: str | None = None
    why: str | None = None
    near: bool = False


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a title stands: the words there, and those before and after."""

    words: str
    before: str
    after: str


def opening(contents: Contents) -> Opening:
    """Prepare the first pages of a file."""
    raw = list[str]()
    for _, text in contents.texts[: 1 if contents.kind == "jats" else FIRST_PAGES]:
        heading = _REFERENCES.search(text)
        raw.append(text[: heading.start()] if heading else text)
        if heading and len(text[: heading.start()].split()) > 50:
            break
    pages = tuple(folded(text) for text in raw)
    found = [doi for text in raw[:DOI_PAGES] for doi in (*identifiers.dois(text), *_across_lines(text))]
    own = identifiers.doi(contents.doi)
    dois = (own,) if own else tuple(dict.fromkeys(found))
    lines = tuple(line for line in map(folded, raw[0].splitlines()) if line)[:_LINES] if raw else ()
    return Opening(pages, dois, lines, contents.title, contents.sort, tuple(map(_squeeze, pages)))


def _across_lines(text: str) -> tuple[str, ...]:
    return identifiers.dois(_BROKEN.sub("", text))


def _squeeze(page: str) -> tuple[str, tuple[int, ...]]:
    """Give a page without gaps, and for each word where it begins in it and in the page."""
    return page.replace(" ", ""), tuple(accumulate((len(word) for word in page.split(" ")), initial=0))


# -- one paper


def judge(contents: Contents, wanted: Wanted) -> Verdict:
    """Say whether a file that could be read is the paper that was wanted."""
    start = opening(contents)
    found = compare(start, wanted)
    if found.by is not None:
        return Verdict(contents.kind, contents.pages, None, True)
    if is_scan(contents, start):
        return Verdict(contents.kind, contents.pages)
    return Verdict(contents.kind, contents.pages, found.why)


def is_scan(contents: Contents, start: Opening) -> bool:
    """Say whether a file holds pictures of pages without their text: nothing can be compared."""
    return contents.kind == "pdf" and start.letters < FEW and contents.pictures


def compare(start: Opening, wanted: Wanted) -> Match:
    """Compare the first pages of a file with one paper."""
    title = read_title(wanted.title)
    doi = identifiers.doi(wanted.doi)
    named = doi is not None and doi in start.dois
    people = _families(wanted.authors)
    spots = _find(start, title)
    spot = next((one for one in spots if not _is_cited(one, people)), None)
    if (what := _about(start, title, spot)) is not None and (named or spots):
        return Match(why=f"it seems to be {what} that belongs to the paper, not the paper", near=True)
    someone = any(f" {name} " in f" {page} " for name in people for page in start.pages)
    if spots and spot is None:
        return Match(why="it cites the paper", near=True)
    if named and (spot is not None or (start.dois[0] == doi and (someone or not people))):
        return Match(by="doi")
    if named:
        return Match(why="its first pages name the paper's DOI, but not its title", near=True)
    if spot is None:
        return Match(why=other(start))
    if title.generic or len(title.words.replace(" ", "")) < TELLING:
        return Match(why="many papers have this title, and the DOI is not on its first pages", near=True)
    if people and not someone:
        return Match(why="the title is there, but none of the authors is", near=True)
    return Match(by="title")


def other(start: Opening) -> str:
    """Say that a file is another paper, and how that begins."""
    begins = " ".join(" ".join(start.lines).split()[:14]) if start.title is None else folded(start.title)
    return f"it is another paper: it begins “{begins}”" if begins else "it holds no words to compare"


def _find(start: Opening, title: Title) -> list[_Spot]:
    """Find the passages of the first pages that are a title: those that are it letter for letter, else the likest."""
    bare = title.words.replace(" ", "")
    pages = list(zip(start.pages, start.squeezed, strict=True)) if bare else []
    exact = [
        _spot(page, ends, at.start(), at.end())
        for page, (text, ends) in pages
        for at in re.finditer(re.escape(bare), text)
    ]
    if exact or len(bare) < SHORT:
        return exact
    for page, (text, ends) in pages:
        found = fuzz.partial_ratio_alignment(bare, text, score_cutoff=LIKE) if len(text) >= len(bare) else None
        if found is not None:
            spot = _spot(page, ends, found.dest_start, found.dest_end)
            there = read_title(spot.words)
            if there.numbers == title.numbers and there.sort == title.sort and not exchanged(title.words, there.words):
                return [spot]
    return []


def _spot(page: str, ends: Sequence[int], first: int, last: int) -> _Spot:
    words = page.split(" ")
    begin = max(n for n, end in enumerate(ends) if end <= first)
    stop = min((n for n, end in enumerate(ends) if end >= last), default=len(words))
    before, after = " ".join(words[:begin]), " ".join(words[stop:])
    return _Spot(" ".join(words[begin:stop]), before[-_AROUND:], after[:_AROUND])


def _about(start: Opening, title: Title, spot: _Spot | None) -> str | None:
    """Say what a file is that is about a paper, when its top or the words around the title say so."""
    own = _OWN_SORT.get(title.sort)
    if (declared := _DECLARED.get(start.sort or "")) is not None and declared != own:
        return declared
    for line in start.lines:
        for what, label in _LABELLED:
            if what != own and label.fullmatch(line) and not title.words.startswith(line):
                return what
    if spot is not None:
        for what, pattern in _ANNOUNCED:
            if what != own and pattern.search(spot.before):
                return what
        for what, pattern in _FOLLOWED:
            if what != own and pattern.match(spot.after):
                return what
    return None


def _families(authors: Sequence[str]) -> tuple[str, ...]:
    """Give the folded family names of some authors; a name that is not split counts by its longest word."""
    names = list[str]()
    for author in authors:
        family, comma, _ = author.partition(",")
        words = folded(family)
        names.append(words if comma else max(words.split() or [""], key=len))
    return tuple(dict.fromkeys(name for name in names if len(name) > 1))


def _is_cited(spot: _Spot, people: Sequence[str]) -> bool:
    """Say whether a title stands in a reference: behind an author's name, and before year and volume."""
    behind = f" {' '.join(spot.before.split()[-14:])} "
    return any(f" {name} " in behind for name in people) and bool(_YEAR_OF_A_REFERENCE.match(spot.after))


# -- many papers


class Shelf:
    """Papers to which files may belong, ready to compare."""

    def __init__(self, papers: Sequence[Wanted]) -> None:
        self._papers = {paper.report: paper for paper in papers}
        self._words = {paper.report: read_title(paper.title).words for paper in papers}
        self._by_doi: dict[str, list[int]] = {}
        for paper in papers:
            if (doi := identifiers.doi(paper.doi)) is not None:
                self._by_doi.setdefault(doi, []).append(paper.report)

    def compare(self, start: Opening) -> tuple[dict[int, Match], dict[int, Match]]:
        """Give the papers that a file is, and those that it only has to do with.

        Where one title holds another one whole, the longer is the file's; where some match by DOI, only these do.
        """
        sure, near = dict[int, Match](), dict[int, Match]()
        for report in self._likely(start):
            found = compare(start, self._papers[report])
            (sure if found.by else near if found.near else {})[report] = found
        if any(match.by == "doi" for match in sure.values()):
            return {report: match for report, match in sure.items() if match.by == "doi"}, near
        longer = {one for one in sure for other in sure if self._within(one, other)}
        return {report: match for report, match in sure.items() if report not in longer}, near

    def _within(self, one: int, other: int) -> bool:
        a, b = self._words[one], self._words[other]
        return a != b and a in b

    def _likely(self, start: Opening) -> list[int]:
        """Give the papers that a file may be, so that not every title is looked for in every file."""
        there = {word for page in start.pages for word in page.split()}
        joined = "".join(text for text, _ in start.squeezed)
        found = {report for doi in start.dois for report in self._by_doi.get(doi, ())}
        for report, title in self._words.items():
            words = set(title.split())
            if words and (len(words & there) >= _SHARED * len(words) or title.replace(" ", "") in joined):
                found.add(report)
        return sorted(found)


_SHARED = 0.6
"""Of a title's words, that stand on the first pages as they are: the gaps of two in five may be wrong."""
