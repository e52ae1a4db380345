"""Quotes: passages of a full text that a person keeps beside the decision. They decide nothing; each sees the own ones.

What is kept is what the paper says, without what its lines do to it: words broken at the end of a line are mended,
white space is evened out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from review.errors import DecisionError
from review.store import Actor, Entry, Store, append_many
from review.text import fold, many, tidy
from screening import page_rows, quote_rows, rows
from screening.checks import noted
from screening.page_rows import Page
from screening.quote_rows import Quote

LONGEST = 4000
"""Characters of a quote: a full page has about so many, and who quotes pages decides nothing with them."""
LONGEST_PAGE, LONGEST_NOTE, LONGEST_KEY = 200, 2000, 64

_HYPHENS = "-\u2010\u2011"
_SOFT = re.compile("\u00ad[ \t]*\r?\n?[ \t]*")
_BROKEN = re.compile(rf"([^\W_]+)[{_HYPHENS}][ \t]*\r?\n\s*([^\W_]+)")


@dataclass(frozen=True, slots=True)
class Kept:
    """A quote as the page shows it; ``stands`` says whether the text of the page named holds it word for word.

    ``unknown``: there is no text of that page to look in.
    """

    quote: Quote
    stands: Literal["yes", "no", "unknown"]

    @property
    def place(self) -> str:
        """Say where it is from: ``page 12``, ``Methods``."""
        return f"page {self.quote.page}" if self.quote.page.isdecimal() else self.quote.page


def keep(
    store: Store, actor: Actor, *, key: str, report: int, page: str, text: str, file: str | None = None,
    note: str | None = None,
) -> Quote:  # fmt: skip
    """Keep a passage, or change one that was kept under this key; sent twice it is kept once.

    Without a ``file`` it is of the report's only one, where it has one only.

    Raises
    ------
    DecisionError
        There is no such report at full text or no such file of it, the text is empty or too long, no page is named, or
        the key is another person's.
    """
    if not key or len(key) > LONGEST_KEY:
        raise DecisionError("the quote came without its key", hint="open the record again and keep the quote again")
    with store.write() as connection:
        root = _root(connection, report)
        held = [one.sha256 for one in page_rows.files(connection, (root,)).get(root, ())]
        before = quote_rows.quote(connection, key)
        if file and file not in held and (before is None or file != before.file):  # it may have been taken back since
            raise DecisionError(f"this is no file of report {root}", hint="open the record again")
        file = file or (held[0] if len(held) == 1 else None)
        here = (tidy(page) or "")[:LONGEST_PAGE]
        told = "\n".join(one.text for one in page_rows.pages(connection, file)) if file else ""
        said = {"text": _checked(mend(text, told)), "page": here, "note": _remark(note), "file": file}
        if not here:
            raise DecisionError("no page was given", hint="write the page that the passage stands on")
        if before is not None and before.person != actor.person:
            raise DecisionError("this quote is another person's", hint="keep a quote of your own")
        made = Quote(key, root, said["file"], here, str(said["text"]), said["note"], actor.person)
        if before != made:
            append_many(store, connection, actor, [Entry("quote", {"key": key, "report": root, **said})])
        return made


def remove(store: Store, actor: Actor, *, key: str) -> int | None:
    """Take a quote away; give the report that it was of, ``None`` when it was gone already.

    Raises
    ------
    DecisionError
        It is another person's.
    """
    with store.write() as connection:
        before = quote_rows.quote(connection, key)
        if before is None:
            return None
        if before.person != actor.person:
            raise DecisionError("this quote is another person's", hint="only who kept it can take it away")
        facts = {"key": key, "report": before.report, "file": before.file, "page": before.page, "text": before.text,
                 "note": before.note, "cleared": True}  # fmt: skip
        append_many(store, connection, actor, [Entry("quote", facts)])
        return before.report


def of_each(connection: Connection, person: str, roots: Sequence[int]) -> dict[int, tuple[Kept, ...]]:
    """Give the quotes of one person of each root, in the order of their pages; roots without any are left out."""
    found = quote_rows.quotes(connection, person, roots)
    wanted = {one.file for some in found.values() for one in some if one.file}
    text = page_rows.with_text(connection, wanted)
    return {
        root: tuple(
            Kept(one, stands(one.text, one.page, text.get(one.file or "", ())))
            for one in sorted(some, key=lambda one: int(one.page) if one.page.isdecimal() else 0)
        )
        for root, some in found.items()
    }


def stands(text: str, page: str, pages: Sequence[Page]) -> Literal["yes", "no", "unknown"]:
    """Say whether a page holds a passage word for word; it may run on to the next. Only letters and digits count.

    >>> stands("Well-being rose.", "1", [Page(1, "1", "well-\\nbeing"), Page(2, "2", "rose.")])
    'yes'
    >>> stands("It fell.", "1", [Page(1, "1", "It rose.")]), stands("It fell.", "3", ())
    ('no', 'unknown')
    """
    at = [n for n, one in enumerate(pages) if page in (one.label, str(one.number)) and one.text.strip()]
    if not at:
        return "unknown"
    wanted = _letters(text)
    return "yes" if any(wanted in _letters(pages[n].text + _next(pages, n)) for n in at) else "no"


def _next(pages: Sequence[Page], n: int) -> str:
    return pages[n + 1].text if n + 1 < len(pages) else ""


def mend(text: str, told: str = "") -> str:
    """Give a passage without its line ends, words that were broken at them made whole.

    A hyphen at the end of a line stays when a capital or a digit follows it, and when ``told``, the text of the file,
    has the word with its hyphen in the middle of a line.

    >>> mend("Men-\\ntoring of well-\\nbeing  in Mann-\\nWhitney", "their well-being")
    'Mentoring of well-being in Mann-Whitney'
    """
    text = _SOFT.sub("", text)
    known = _one_hyphen(told)

    def whole(found: re.Match[str]) -> str:
        first, second = found[1], found[2]
        compound = f"{first}-{second}"
        if not second[0].islower() or first[-1].isdecimal() or re.search(rf"\b{re.escape(compound.casefold())}", known):
            return compound
        return first + second

    return tidy(_BROKEN.sub(whole, text.encode("utf-8", "replace").decode())) or ""


def _one_hyphen(text: str) -> str:
    """Give a text in lower case with one sort of hyphen."""
    return re.sub(f"[{_HYPHENS}]", "-", text.casefold())


def _checked(text: str) -> str:
    if not text:
        raise DecisionError("the quote is empty", hint="select a passage, or write it down")
    if len(text) > LONGEST:
        why = f"a quote has at most {LONGEST:,} characters; this one has {len(text):,}"
        raise DecisionError(why, hint="keep the passage that decides, and a second one beside it")
    return text


def _remark(note: str | None) -> str | None:
    said = noted(note)
    if said is not None and len(said) > LONGEST_NOTE:
        raise DecisionError(
            f"a note on a quote has at most {many(LONGEST_NOTE, 'character')}; this one has {len(said):,}",
            hint="write what is longer as the note of your decision",
        )
    return said


def _root(connection: Connection, report: int) -> int:
    root = rows.roots(connection, (report,)).get(report)
    if root is None or root not in rows.statuses(connection, "full-text", (root,)):
        raise DecisionError(f"report {report} is not at full text", hint="open the record again")
    return root


def _letters(text: str) -> str:
    return fold(text).replace(" ", "")
