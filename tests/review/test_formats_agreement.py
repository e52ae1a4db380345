"""The same three synthetic records in every format: title, family names, year, DOI, journal and pages agree."""

from __future__ import annotations

import pytest

from review import formats
from review.query import Heading, evaluate
from review.record import Record

_PEOPLE = ("Oak, A B", "Elm, C")
_ROWS = (
    ("Mentoring of junior doctors", _PEOPLE, "2014", "10.9999/s.1", "Synthetic Medicine", "142-156"),
    ("Wellbeing: a synthetic review", ("Müller, D",), "2016", "10.9999/s.2", "Journal of Synthesis", "7-19"),
    ("A third paper", (*_PEOPLE, "van der Berg, J"), "2010", "10.9999/s.3", "Synthetic Medicine", "e12"),
)
_Row = tuple[str, tuple[str, ...], str, str, str, str]
RECORDS = tuple(
    Record(title=title, authors=people, date=year, doi=doi, journal=journal, pages=pages, kind="article")
    for title, people, year, doi, journal, pages in _ROWS
)


def _bare(name: str) -> str:
    return name.replace(", ", " ").replace("A B", "AB")


def _medline(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    authors = "".join(f"FAU - {name}\nAU  - {_bare(name)}\n" for name in people)
    return f"PMID- 1\nTI  - {title}\n{authors}DP  - {year}\nJT  - {journal}\nPG  - {pages}\nAID - {doi} [doi]\n"


def _wos(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    start, _, end = pages.partition("-")
    names = "\n   ".join(people)
    last = f"EP {end}\n" if end else ""
    return f"PT J\nAU {names}\nTI {title}\nSO {journal}\nPY {year}\nBP {start}\n{last}DI {doi}\nER\n"


def _refer(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    names = "".join(f"%A {name}\n" for name in people)
    return f"%0 Journal Article\n%T {title}\n{names}%D {year}\n%J {journal}\n%P {pages}\n%R {doi}\n"


def _refworks(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    start, _, end = pages.partition("-")
    names = "".join(f"A1 {name}\n" for name in people)
    last = f"OP {end}\n" if end else ""
    return f"RT Journal Article\nT1 {title}\n{names}YR {year}\nJF {journal}\nSP {start}\n{last}DO {doi}\n"


def _scopus(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    start, _, end = pages.partition("-")
    names = "; ".join(name.replace(", ", " ").replace("A B", "A.B.") for name in people)
    return f'"{names}","{title}",{year},"{journal}","{start}","{end}",{doi},2-s2.0-1\n'


def _wos_tab(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    start, _, end = pages.partition("-")
    return f"J\t{'; '.join(people)}\t{title}\t{journal}\t{year}\t{start}\t{end}\t{doi}\tWOS:1\n"


def _ris(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    start, _, end = pages.partition("-")
    names = "".join(f"A1  - {name}\n" for name in people)
    last = f"EP  - {end}\n" if end else ""
    return (
        f"TY  - JOUR\nT1  - {title}\n{names}Y1  - {year}///\nJF  - {journal}\nSP  - {start}\n{last}"
        f"DO  - https://doi.org/{doi}\nER  - \n"
    )


def _pubmed(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    names = "".join(
        f"<Author><LastName>{name.split(', ')[0]}</LastName><ForeName>{name.split(', ')[1]}</ForeName></Author>"
        for name in people
    )
    return (
        f"<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><Journal><JournalIssue><PubDate><Year>{year}</Year>"
        f"</PubDate></JournalIssue><Title>{journal}</Title></Journal><ArticleTitle>{title}</ArticleTitle><Pagination>"
        f"<MedlinePgn>{pages}</MedlinePgn></Pagination><AuthorList>{names}</AuthorList></Article></MedlineCitation>"
        f'<PubmedData><ArticleIdList><ArticleId IdType="doi">{doi}</ArticleId></ArticleIdList></PubmedData>'
        "</PubmedArticle>"
    )


def _bibtex(row: _Row) -> str:
    title, people, year, doi, journal, pages = row
    names = " and ".join(" ".join(reversed(name.split(", "))) for name in people).replace("ü", r"{\"u}")
    pages = pages.replace("-", "--")
    return (
        f"@article{{k, author = {{{names}}},\n title = {{{{{title}}}}}, journal = {{{journal}}}, year = {year},"
        f" pages = {{{pages}}}, doi = {{{doi}}}}}\n"
    )


WRITTEN = {
    "ris": "\n".join(map(_ris, _ROWS)),
    "pubmed-xml": f"<PubmedArticleSet>{''.join(map(_pubmed, _ROWS))}</PubmedArticleSet>",
    "bibtex": "".join(map(_bibtex, _ROWS)),
    "medline": "\n".join(map(_medline, _ROWS)),
    "wos-tagged": "FN Clarivate Analytics Web of Science\nVR 1.0\n" + "\n".join(map(_wos, _ROWS)) + "EF\n",
    "endnote-refer": "\n".join(map(_refer, _ROWS)),
    "refworks": "\n".join(map(_refworks, _ROWS)),
    "csv: Scopus": "Authors,Title,Year,Source title,Page start,Page end,DOI,EID\n" + "".join(map(_scopus, _ROWS)),
    "csv: Web of Science": "PT\tAU\tTI\tSO\tPY\tBP\tEP\tDI\tUT\n" + "".join(map(_wos_tab, _ROWS)),
}
"""By hand, as the platforms write them."""
OURS = [name for name in formats.WRITERS if name in formats.READERS]


def _facts(record: Record) -> tuple[object, ...]:
    families = tuple(author.split(",")[0] for author in record.authors)
    return record.title, families, record.year, record.doi, record.journal, record.pages


WANTED = [_facts(record) for record in RECORDS]


@pytest.mark.parametrize("format", WRITTEN)
def test_records_as_platforms_write_them(format: str) -> None:
    reading = formats.read(WRITTEN[format].encode(), name="x.txt")
    assert reading.format == format.partition(":")[0] and reading.rejected == ()
    assert [_facts(record) for record in reading.records] == WANTED


@pytest.mark.parametrize("format", OURS)
def test_records_as_we_write_them(format: str) -> None:
    data = formats.write(RECORDS, format)
    reading = formats.read(data, name="x" + formats.WRITERS[format].ending)
    assert (reading.format, reading.rejected, reading.losses) == (format, (), ())
    assert [_facts(record) for record in reading.records] == WANTED


@pytest.mark.parametrize("format", OURS)
def test_a_written_file_is_recognised_without_its_name(format: str) -> None:
    assert formats.detect(formats.write(RECORDS, format), "x.txt")[0] == format


# -- quirks in which exports of the same record differ


def test_subject_headings_are_keywords_in_both_formats_of_pubmed() -> None:
    xml = """<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T</ArticleTitle></Article>
        <MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="N">Women, Working</DescriptorName>
        <QualifierName MajorTopicYN="Y">history</QualifierName><QualifierName>psychology</QualifierName>
        </MeshHeading><MeshHeading><DescriptorName MajorTopicYN="Y">Mentors</DescriptorName></MeshHeading>
        </MeshHeadingList><KeywordList><Keyword MajorTopicYN="Y">mentoring</Keyword><Keyword>peers</Keyword>
        <Keyword MajorTopicYN="Y"/></KeywordList></MedlineCitation></PubmedArticle>"""
    text = "PMID- 1\nTI  - T\nMH  - Women, Working/*history/psychology\nMH  - *Mentors\nOT  - *mentoring\nOT  - peers\n"
    wanted = ("*mentoring", "peers", "Women, Working/*history/psychology", "*Mentors")
    (one,), (other,) = (
        formats.read(data.encode(), name=name).records for data, name in ((xml, "x.xml"), (text, "x.nbib"))
    )
    assert one.keywords == other.keywords == wanted
    assert evaluate(Heading("Mentors", "mesh"), one) is evaluate(Heading("Women, Working", "mesh"), other) is True


def test_embase_gives_the_doi_in_a_link_and_brackets_in_keywords() -> None:
    table = (
        'TITLE,AUTHOR NAMES,SOURCE,"EMTREE MEDICAL INDEX TERMS",OPEN URL LINK\n'
        'T,"Oak A., Elm B.",,"adult, cyst (diagnosis, surgery), aged",'
        "http://x.org/y?sid=EMBASE&issn=12345678&id=doi:10.9999%2Fs.1&atitle=T\n"
    )
    (record,) = formats.read(table.encode(), name="x.csv").records
    assert (record.doi, record.keywords) == ("10.9999/s.1", ("adult", "cyst (diagnosis, surgery)", "aged"))


def test_numbers_of_journals_and_books_share_a_column_in_endnote() -> None:
    (record,) = formats.read(b"title,isbn\nT,1234-567X (Print) 978-1-4822-5326-9\n", name="x.csv").records
    assert (record.issns, record.isbns) == (("1234-567X",), ("9781482253269",))


def test_what_a_python_table_writes_for_nothing_is_nothing() -> None:
    (record,) = formats.read(b"TY  - JOUR\nTI  - T\nIS  - nan\nSP  - 12\nEP  - nan\nER  - \n", name="x.ris").records
    assert (record.issue, record.pages, record.extra) == (None, "12", ())


def test_an_article_ahead_of_print_has_the_day_of_its_status() -> None:
    text = (
        "<1>\nAccession Number\n  1\nTitle\n  T.\nSource\n  Synthetic Ward. \nStatus\n"
        "  Publish Ahead of Print, POST ACCEPTANCE, 18 August 2014\n"
    )
    (record,) = formats.read(text.encode(), name="x.txt").records
    assert (record.date, record.journal) == ("2014-08-18", "Synthetic Ward")
    assert ("Status", "Publish Ahead of Print, POST ACCEPTANCE, 18 August 2014") in record.extra


def test_a_tag_without_a_space_behind_it_begins_a_value() -> None:
    (record,) = formats.read(b"PMID- 11111111\nSO  - S\nTI  -A title\nAB  - CO2-based\n", name="x.nbib").records
    assert (record.title, record.abstract) == ("A title", "CO2-based")
