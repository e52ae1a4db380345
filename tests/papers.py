"""Full texts made by the tests themselves: PDFs with text, one that would like to run a script, an article in JATS."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path
from typing import Any

import typst
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from sqlalchemy import insert

from review.store import Actor, Store, append, aside

PAGES = (
    ("Background", "Doctors are tired, and mentoring may help them. We asked what mentors do for well-being."),
    ("Methods", "We interviewed forty physicians in three hospitals. A peer support group met every month."),
    (
        "Results",
        "Their burnout fell in the second year. They felt seen by their mentors, and stayed in the profession.",
    ),
)
"""Heading and first sentences of each page."""
_SETUP = '#set page(width: 148mm, height: 210mm, margin: 18mm)\n#set text(size: 10pt, lang: "en", hyphenate: true)\n'
JATS = """<?xml version="1.0"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS 1.3//EN" "http://elsewhere.example/jats.dtd" [<!ENTITY own "stolen">]>
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<title-group><article-title>Mentoring of doctors</article-title></title-group>
<abstract><p>Doctors are <italic>tired</italic>; &own; mentors help.</p></abstract></article-meta></front>
<body><sec><title>Methods</title>
<p onclick="hacked()">We asked <bold>mentors</bold> &amp; mentees &lt;script&gt;hacked()&lt;/script&gt;.</p>
<list list-type="order"><list-item><p>First</p></list-item></list>
<sec><title>Sample</title><p>Forty physicians (<xref ref-type="bibr" rid="r1">1</xref>).</p></sec>
<table-wrap><label>Table 1</label><caption><p>Who took part</p></caption>
<table><tr><th colspan="2" style="x">All</th></tr>
<tr><td>Women</td><td>21</td></tr></table></table-wrap>
<fig><label>Figure 1</label>
<caption><p>Flow</p></caption><graphic xlink:href="http://elsewhere.example/a.png"/></fig></sec>
<sec><title>Results</title><p>Their burnout fell.
See <ext-link xlink:href="javascript:hacked()">here</ext-link>.</p></sec></body>
<back><ref-list><title>References</title>
<ref id="r1"><label>1</label><mixed-citation>Made U. Old work. 2001.</mixed-citation></ref>
</ref-list></back></article>
"""


@cache
def pdf(pages: tuple[tuple[str, str], ...] = PAGES, *, more: str = "") -> bytes:
    """Make a PDF of some pages; ``more`` fills each with further text."""
    body = "\n#pagebreak()\n".join(f"= {heading}\n\n{text}\n\n{more}" for heading, text in pages)
    made: bytes = typst.compile((_SETUP + body).encode(), format="pdf")
    return made


def with_script(data: bytes) -> bytes:
    """Give a PDF that asks its viewer to run a script, to open an address and to send a form."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    script = "app.alert('hacked'); this.hacked = 1; app.launchURL('http://elsewhere.example/')"
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
    )
    writer.add_annotation(0, Link(rect=(0, 0, 400, 600), url="http://elsewhere.example/"))
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def add(
    store: Store, actor: Actor, report: int, data: bytes, *, kind: str = "pdf", pages: tuple[tuple[str, str], ...] = (),
    **facts: Any,
) -> str:  # fmt: skip
    """Store a full text of a report, with the text of its pages as (label, text); give its SHA-256."""
    given = Path(store.files.folder) / f"given-{hashlib.sha256(data).hexdigest()[:8]}"
    given.write_bytes(data)
    sha256 = store.files.put(given, "pdf" if kind == "pdf" else "jats")
    given.unlink()
    said = {"sha256": sha256, "kind": kind, "size": len(data), "pages": len(pages) or None, "name": None,
            "licence": None, "version": None, **facts}  # fmt: skip
    payload = {"report": report, "outcome": "retrieved", "route": "open access", "note": None, "asked_on": None,
               "url": None, "file": said}  # fmt: skip
    append(store, actor, "retrieval", payload)
    with store.write() as connection:
        for number, (label, text) in enumerate(pages, 1):
            connection.execute(insert(aside.page_text).values(file=sha256, number=number, label=label, text=text))
    return sha256


def numbered(pages: tuple[tuple[str, str], ...] = PAGES) -> tuple[tuple[str, str], ...]:
    """Give the pages as their text is stored: the number, then heading and text."""
    return tuple((str(n), f"{heading}\n{text}") for n, (heading, text) in enumerate(pages, 1))
