"""Is a file the paper that was asked for: what is read of hostile files, and what is told from the words in them."""

from __future__ import annotations

import sys
import zipfile
from dataclasses import replace

import pytest
from made_papers import encrypted, jats, pages_of, paper_pdf, papers, pdf

from review.record import Record
from searches.fulltext.inspect import Readers, check, look
from searches.fulltext.places import Wanted

PAPER, OTHER, THIRD = papers(3)


def wanted(record: Record = PAPER, report: int = 1) -> Wanted:
    return Wanted(report, record.title, record.doi, record.pmid, None, record.authors, record.year)


def said(tmp_path, data: bytes, paper: Wanted | None = None):
    path = tmp_path / "file"
    path.write_bytes(data)
    return check(path, paper or wanted())


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (b"", None, "an empty file"),
        (b"<!DOCTYPE html><html>Sign in <input type='password'></html>", None, "web page that asks to sign in"),
        (b"<html><body><article>A paper</article></body></html>", None, "it is no PDF but a web page"),
        (b"PK\x05\x06" + b"\0" * 18, None, "a ZIP file"),
        (b"\xd0\xcf\x11\xe0old", None, "an old Word"),
        (b"TY  - JOUR\nER  - \n", None, "a list of references"),
        (b"\x00\x01\x02", None, "something else"),
        (b"Dear all, here it is.", None, "plain text"),
        (paper_pdf(PAPER)[:-900], "pdf", "cut off"),
        (b"%PDF-1.5\n1 0 obj\n<< /Linearized 1 /L 99999 >>\nendobj\nstartxref\n0\n%%EOF", "pdf", "cut off"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 50 + b"startxref\n12\n%%EOF", "pdf", "damaged"),
        (pdf([]), "pdf", "it has no pages"),
        (encrypted(paper_pdf(PAPER), "secret"), "pdf", "asks for a password"),
        (jats(PAPER, body=False), "jats", "no full text, only what describes"),
        (b"<article><front><x></front></article>", "jats", "damaged XML"),
    ],
)  # fmt: skip
def test_what_is_no_usable_full_text_is_named(tmp_path, data, kind, why):
    found = said(tmp_path, data)
    assert (found.kind, found.sure) == (kind, False)
    assert why in found.why


@pytest.mark.parametrize(
    "data",
    [
        paper_pdf(PAPER),
        pdf(pages_of(PAPER, doi=False)),
        pdf([["Downloaded from a repository"], *pages_of(PAPER, doi=False)]),
        paper_pdf(PAPER, javascript=True),
        encrypted(paper_pdf(PAPER), ""),
        encrypted(paper_pdf(PAPER), "", algorithm="AES-256"),
        jats(PAPER),
        paper_pdf(PAPER) + b"\n<!-- 3 ms -->" * 90,
        pdf([[line.replace("e", "e ", 1).upper() for line in pages_of(PAPER, doi=False)[0]]]),
    ],
    ids=("doi", "title", "cover page", "javascript", "aes128", "aes256", "jats", "more behind", "torn words"),
)
def test_the_paper_is_known(tmp_path, data):
    found = said(tmp_path, data)
    assert (found.why, found.sure) == (None, True)


def about(*lines: str) -> bytes:
    """Give a page of something about the paper, with a hundred words so that it is no scan."""
    return pdf([[*lines, *pages_of(OTHER, doi=False)[0][-8:]]])


HALVES = (PAPER.title or "")[:40], (PAPER.title or "")[40:]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (paper_pdf(OTHER), "another paper: it begins"),
        (pdf(pages_of(OTHER, cited=(PAPER, THIRD))), "another paper"),
        (pdf([[*pages_of(OTHER)[0], *pages_of(OTHER, cited=(PAPER,), pages=2)[1][-2:]]]), "it cites the paper"),
        (about("CORRECTION", *HALVES, *PAPER.authors, f"doi:{PAPER.doi}"), "a correction"),
        (about("Author Correction: " + HALVES[0], HALVES[1], f"doi:{PAPER.doi}"), "a correction"),
        (about("Reply to: " + HALVES[0], HALVES[1], *PAPER.authors), "a reply or comment"),
        (about("Journal", "Re: " + HALVES[0], HALVES[1], *PAPER.authors), "a reply or comment"),
        (about(*HALVES, "Authors' reply", *PAPER.authors), "a reply or comment"),
        (about("Supplementary Material", *HALVES, *PAPER.authors, f"doi:{PAPER.doi}"), "supplementary material"),
        (about("Supplement to: Someone, et al.", *HALVES, *PAPER.authors), "supplementary material"),
        (jats(PAPER).replace(b"research-article", b"correction"), "a correction"),
        (about("Retraction Note", *HALVES, f"doi:{PAPER.doi}"), "a retraction notice"),
        (about(*HALVES, "Study protocol", *PAPER.authors), "the study's protocol"),
        (about("A view of mine", "B. Writer", f"We read 10.5555/zzz and {PAPER.doi} with interest"), "not its title"),
        (about(*HALVES, "B. Writer"), "none of the authors"),
    ],
)
def test_what_is_about_the_paper_is_not_the_paper(tmp_path, data, why):
    found = said(tmp_path, data)
    assert not found.sure
    assert why in (found.why or "nothing speaks against it")


def test_parts_and_words_that_turn_a_title_round_are_told_apart(tmp_path):
    for one, two in (
        ("Mentoring of doctors in rural practice, part 1", "Mentoring of doctors in rural practice, part 2"),
        ("Supervision of trainees among men in hospitals", "Supervision of trainees among women in hospitals"),
    ):  # fmt: skip
        paper = replace(PAPER, title=one, doi=None)
        assert said(tmp_path, pdf(pages_of(paper, doi=False)), wanted(paper)).sure
        assert not said(tmp_path, pdf(pages_of(replace(paper, title=two), doi=False)), wanted(paper)).sure


def test_a_common_title_needs_the_doi(tmp_path):
    column = replace(PAPER, title="Editorial")
    assert "many papers have this title" in (said(tmp_path, pdf(pages_of(column, doi=False)), wanted(column)).why or "")
    assert said(tmp_path, paper_pdf(column), wanted(column)).sure


def test_a_scan_is_neither_believed_nor_refused(tmp_path):
    found = said(tmp_path, pdf([["Library copy"]] * 3, picture=True))
    assert (found.kind, found.pages, found.why, found.sure) == ("pdf", 3, None, False)
    assert said(tmp_path, pdf([["Library copy"]])).why is not None


def test_the_text_of_the_pages_is_given_by_page_and_section(tmp_path):
    path = tmp_path / "one.pdf"
    path.write_bytes(paper_pdf(PAPER))
    found = look(path)
    assert (found.pages, [label for label, _ in found.texts]) == (4, ["1", "2", "3", "4"])
    assert f"https://doi.org/{PAPER.doi}" in found.texts[0][1]
    path.write_bytes(jats(PAPER))
    assert [label for label, _ in look(path).texts] == ["Title", "Abstract", "Methods"]


def test_entities_of_an_xml_file_are_not_expanded(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("topsecret")
    entities = f"<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY f SYSTEM 'file://{secret}'>]>"
    data = jats(PAPER).replace(b"<article ", entities.encode() + b"<article ").replace(b"We asked", b"&b;&f; We asked")
    path = tmp_path / "one.xml"
    path.write_bytes(data)
    read = str(look(path))
    assert "We asked doctors" in read
    assert "topsecret" not in read and "haha" not in read


def test_a_word_document_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "paper.pdf", "w") as file:
        file.writestr("word/document.xml", "<w/>")
    assert check(tmp_path / "paper.pdf", wanted()).why == "it is no PDF but a Word document"


HANGS = "import sys, time; sys.stdin.readline(); time.sleep(60)"
DIES = "import sys; sys.stdin.readline()"
HUNGRY = (
    "import sys; from searches.fulltext import pages; pages.limit(); "
    "pages.read = lambda path: {'why': str(len(bytearray(3 << 30)))}; pages.main()"
)


@pytest.mark.parametrize(
    ("code", "seconds", "why"), [(HANGS, 0.3, "longer than 0.3 seconds"), (DIES, 60, "ended the program")]
)
def test_a_reader_that_hangs_or_dies_is_replaced(tmp_path, code, seconds, why):
    path = tmp_path / "one.pdf"
    path.write_bytes(paper_pdf(PAPER))
    readers = Readers(command=(sys.executable, "-c", code), seconds=seconds)
    try:
        for _ in range(3):
            assert why in (readers.look(path).why or "")
        readers._command, readers._seconds = (sys.executable, "-P", "-m", "searches.fulltext.pages"), 60
        assert readers.look(path).pages == 4
    finally:
        readers.close()


@pytest.mark.skipif(sys.platform == "win32", reason="the platform limits no memory")
def test_a_reader_has_only_so_much_memory(tmp_path):
    path = tmp_path / "one.pdf"
    path.write_bytes(b"%PDF")
    readers = Readers(command=(sys.executable, "-c", HUNGRY))
    try:
        assert "more memory than a paper needs" in (readers.look(path).why or "")
    finally:
        readers.close()


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "one.pdf"
    with path.open("wb") as file:
        file.truncate(250_000_001)
    assert "too large" in (check(path, wanted()).why or "")
    assert "cannot be read" in (check(tmp_path / "none", wanted()).why or "")
