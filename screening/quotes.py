"""Quotes: passages of a full text that a person keeps beside the decision. They decide nothing; each sees the own ones.

What is kept is what the paper says, without what its lines do to it: words broken at the end of a line are mended,
white space is evened out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from review.errors import DecisionError
from review.passages import mend, stands
from review.store import Actor, Entry, Store, append_many
from review.text import many, tidy
from screening import page_rows, quote_rows, rows
from screening.checks import noted
from screening.quote_rows import Quote

LONGEST = 4000
"""Characters of a quote: a full page has about so many, and who quotes pages decides nothing with them."""
LONGEST_PAGE, LONGEST_NOTE, LONGEST_KEY = 200, 2000, 64


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
