"""Read the pages of a file that nobody trusts: the program that runs in a process of its own, with limits.

``python -P -m searches.fulltext.pages`` takes a path a line (JSON) and answers with what it read (JSON). Nothing in a
file is executed, nothing is written, and no file is held in memory as a whole unless it is damaged. Who runs it, and
what becomes of a file that brings it down: ``searches.fulltext.inspect``.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeAlias

from lxml import etree
from pypdf import PageObject, PdfReader, overwrite_configuration
from pypdf.errors import DependencyError, PyPdfError

MEMORY = 1 << 30
"""Bytes of address space that the process may have."""
CPU_SECONDS = 30
"""Of one file; a process whose parent is gone ends by this."""
MOST_PAGES, LONGEST_PAGE, LONGEST_TEXT = 2_000, 60_000, 6_000_000
"""Pages and characters that are read of one file; a printed page has about 4,000 characters."""
_TAIL = 65_536
_XML = 64_000_000
"""Bytes of an article in XML; those of PubMed Central are under 5 MB."""

# What a library raises on a file made to confuse it cannot be foreseen; a process that ends is an answer too.
_FAULTS = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError, OSError,
    RuntimeError, TypeError, ValueError, zlib.error,
)  # fmt: skip
_HEADS = (
    (b"\xd0\xcf\x11\xe0", "a document of an old Word, Excel or PowerPoint"), (b"{\\rtf", "a text with layout (RTF)"),
    (b"%!PS", "a PostScript file"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
    (b"II*\0", "a picture (TIFF)"), (b"MM\0*", "a picture (TIFF)"), (b"AT&TFORM", "a DjVu file"),
    (b"\x1f\x8b", "a compressed file (gzip)"), (b"Rar!", "a compressed file (RAR)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"), (b"TY  - ", "a list of references"),
    (b"@article", "a list of references"),
)  # fmt: skip
"""First bytes of files that are no full text we read. Source: https://www.garykessler.net/library/file_sigs.html,
checked 2026-11-22."""
_ZIPPED = (
    ("word/document.xml", "a Word document"), ("xl/workbook.xml", "a spreadsheet"),
    ("ppt/presentation.xml", "a presentation"), ("META-INF/container.xml", "an e-book (EPUB)"),
)  # fmt: skip
_HTML = re.compile(rb"<!doctype html|<html|<head\b|<body\b", re.IGNORECASE)
_LOGIN = re.compile(rb"type=[\"']?password|\b(?:log|sign)[ -]?in\b|shibboleth|openathens", re.IGNORECASE)
_ARTICLE, _FRONT = re.compile(rb"<(?:\w+:)?article[\s>]"), re.compile(rb"<(?:\w+:)?front[\s>]")
"""A web page may have an article too, but nothing in front of it."""
_LINEAR = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d+)")

Read: TypeAlias = dict[str, object]
"""The fields of ``searches.fulltext.contents.Contents``."""


def read(path: Path) -> Read:
    """Say what a file is, and give the text of its pages (of an article in XML: of its sections)."""
    with path.open("rb") as file:
        head = file.read(_TAIL)
        if b"%PDF-" in head[:1024]:
            return _pdf(file, head)
    if _ARTICLE.search(head) and _FRONT.search(head):
        return _jats(path)
    return {"why": f"it is no PDF but {_what(path, head)}"}


def _what(path: Path, head: bytes) -> str:
    """Say what a file is that is neither PDF nor an article in XML."""
    if not head:
        return "an empty file"
    if head.startswith(b"PK"):
        return _zip(path)
    if (known := next((what for mark, what in _HEADS if head.startswith(mark)), None)) is not None:
        return known
    if _HTML.search(head):
        return "a web page that asks to sign in" if _LOGIN.search(head) else "a web page"
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return "an XML file without an article"
    return "something else" if b"\0" in head else "plain text"


def _zip(path: Path) -> str:
    with suppress(zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        with zipfile.ZipFile(path) as found:
            names = set(found.namelist())
        for name, what in _ZIPPED:
            if name in names:
                return what
    return "a ZIP file"


# -- PDF


def _pdf(file: IO[bytes], head: bytes) -> Read:
    size = file.seek(0, os.SEEK_END)
    if _cut_off(file, head, size):
        return {"kind": "pdf", "why": "it is cut off: the end of the PDF is missing"}
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            return {"kind": "pdf", "why": "it is encrypted and asks for a password"}
        count = len(reader.pages)
    except MemoryError:
        return {"kind": "pdf", "why": "reading it takes more memory than a paper needs"}
    except DependencyError:
        return {"kind": "pdf", "why": "it is encrypted in a way that cannot be read here"}
    except _FAULTS:
        return {"kind": "pdf", "why": "it is damaged: its pages cannot be found"}
    if count == 0:
        return {"kind": "pdf", "why": "it has no pages"}
    texts, pictures = list[tuple[str, str]](), False
    for number, page in enumerate(_pages(reader, count), 1):
        texts.append((str(number), _text(page)))
        pictures = pictures or (number <= 3 and _has_pictures(page))
    if not texts:
        return {"kind": "pdf", "why": "it is damaged: its pages cannot be read"}
    return {"kind": "pdf", "pages": count, "texts": _bounded(texts), "pictures": pictures}


def _cut_off(file: IO[bytes], head: bytes, size: int) -> bool:
    """Say whether the end of a PDF is missing; what a server hung on behind it does not matter."""
    linear = _LINEAR.search(head[:2048])
    if linear and len(linear[1]) < 16 and size < int(linear[1]):
        return True
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    file.seek(0)
    return b"%%EOF" not in tail and b"startxref" not in tail


def _pages(reader: PdfReader, count: int) -> Iterator[PageObject]:
    for number in range(min(count, MOST_PAGES)):
        try:
            page = reader.pages[number]
        except _FAULTS:
            return
        yield page


def _text(page: PageObject) -> str:
    try:
        return page.extract_text()[:LONGEST_PAGE]
    except _FAULTS:  # of this page only
        return ""


def _has_pictures(page: PageObject) -> bool:
    try:
        return bool(page["/Resources"].get_object()["/XObject"].get_object())  # type: ignore[index]
    except _FAULTS:
        return False


def _bounded(texts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    room, kept = LONGEST_TEXT, list[tuple[str, str]]()
    for label, text in texts:
        # Half a surrogate, which a font may name, is no character that can be stored.
        clean = text[:room].replace("\0", "").encode("utf-8", "replace").decode()
        kept.append((label, clean))
        room -= len(clean)
    return kept


# -- an article in XML (JATS, https://jats.nlm.nih.gov, checked 2026-11-22)


def _jats(path: Path) -> Read:
    if path.stat().st_size > _XML:
        return {"kind": "jats", "why": "it is larger than any article in XML"}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.parse(path, parser).getroot()
    except (etree.XMLSyntaxError, OSError) as error:
        return {"kind": "jats", "why": f"it is damaged XML ({str(error)[:120]})"}
    article = next((one for one in root.iter("{*}article")), None)
    if article is None:
        return {"why": "it is no PDF but an XML file without an article"}
    front = article.find("{*}front")
    body = article.find("{*}body")
    if front is None or body is None:
        return {"kind": "jats", "why": "it holds no full text, only what describes the article"}
    dois = [_words(one) for one in front.findall("{*}article-meta/{*}article-id") if one.get("pub-id-type") == "doi"]
    title = front.find("{*}article-meta/{*}title-group/{*}article-title")
    names = " ".join(_words(one) for one in front.findall(".//{*}contrib//{*}surname"))
    sort = f"{article.get('article-type') or ''}"
    described = "\n".join(
        filter(None, (_words(title), names, *dois, *(_words(y) for y in front.findall(".//{*}year"))))
    )
    sections = [("Title", described), *(("Abstract", _words(one)) for one in front.findall(".//{*}abstract"))]
    sections += [(_label(one), _words(one)) for one in body] or [("Text", _words(body))]
    return {
        "kind": "jats", "texts": _bounded([(label, text[:LONGEST_TEXT]) for label, text in sections if text]),
        "title": _words(title) or None, "doi": dois[0] if dois else None, "sort": sort,
    }  # fmt: skip


def _label(section: etree._Element) -> str:
    title = section.find("{*}title")
    return (_words(title) or "Text")[:200]


def _words(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(map(str, element.itertext())).split())


# -- the process


def limit() -> None:
    """Take from this process what it does not need: memory, files to write, processor time (where the platform can)."""
    overwrite_configuration(jbig2dec_binary=None)  # pictures are not looked at: no other program is started
    logging.disable(logging.CRITICAL)
    with suppress(ImportError):
        import resource

        for what, most in (("RLIMIT_AS", MEMORY), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
            with suppress(ValueError, OSError):
                resource.setrlimit(getattr(resource, what), (most, most))


def _more_time() -> None:
    """Give the next file its processor time."""
    with suppress(ImportError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def main() -> None:
    """Answer until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)  # whatever a library prints is no answer
    limit()
    for line in sys.stdin:
        _more_time()
        try:
            found = read(Path(json.loads(line)))
        except OSError as error:
            found = {"why": f"it cannot be read ({error.strerror})"}
        except MemoryError:
            found = {"why": "reading it takes more memory than a paper needs"}
        answers.write(json.dumps(found) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
