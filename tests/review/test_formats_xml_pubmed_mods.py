"""PubMed XML as a file, and MODS: field by field, and that nothing of a record is dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from review import formats
from review.record import Kind, Reading, Record

DATA = Path(__file__).parents[1] / "data"
CITATION = (
    "<MedlineCitation><PMID>{0}</PMID><Article><ArticleTitle>Title {0}</ArticleTitle></Article></MedlineCitation>"
)


def read(text: str) -> Reading:
    return formats.read(text.encode(), name="x.xml")


def mods(*elements: str) -> Record:
    """Read one MODS record made of the elements given, with a title."""
    (record,) = read(f"<mods><titleInfo><title>T</title></titleInfo>{''.join(elements)}</mods>").records
    return record


def test_a_set_of_articles_books_and_deleted_citations() -> None:
    reading = formats.read((DATA / "api" / "pubmed_efetch_synthetic.xml").read_bytes(), name="pubmed.xml")
    assert (reading.format, reading.platform, reading.rejected) == ("pubmed-xml", "PubMed", ())
    assert [(record.pmid, record.kind) for record in reading.records] == [
        ("70000001", "article"), ("70000002", None), ("70000003", "chapter"),
    ]  # fmt: skip
    assert reading.losses == ("PubMed has deleted a citation, which is no record any more: PMID 70000004",)
    assert reading.records[2].identifiers == (("bookaccession", "NBK1"),)


@pytest.mark.parametrize(
    "text",
    [
        f"<MedlineCitationSet>{CITATION.format(1)}{CITATION.format(2)}</MedlineCitationSet>",
        "".join(f"<PubmedArticle>{CITATION.format(pmid)}</PubmedArticle>" for pmid in (1, 2)),
        f"<PubmedArticleSet><PubmedArticle>{CITATION.format(1)}</PubmedArticle>{CITATION.format(2)}</PubmedArticleSet>",
    ],
)
def test_old_sets_and_articles_without_a_set(text: str) -> None:
    reading = read(text)
    assert [(record.pmid, record.title) for record in reading.records] == [("1", "Title 1"), ("2", "Title 2")]
    assert (reading.rejected, reading.losses) == ((), ())


def test_an_article_of_nothing_is_set_aside_and_counted_in_its_place() -> None:
    text = f"<PubmedArticle>\n</PubmedArticle><PubmedArticle>{CITATION.format(2)}</PubmedArticle><PubmedArticle>"
    reading = read(f"<PubmedArticleSet>{text}<MedlineCitation><PMID>3</PMID>")
    assert [record.pmid for record in reading.records] == ["2"]
    assert [(one.position, one.reason) for one in reading.rejected] == [
        (1, "the record has no title, no authors and no identifier"),
        (3, "the record has no end: the file is cut off before </PubmedArticle>"),
    ]


def test_nothing_of_an_article_is_dropped() -> None:
    text = """<PubmedArticle><MedlineCitation><PMID>1</PMID>
        <DateRevised><Year>2020</Year><Month>01</Month><Day>02</Day></DateRevised>
        <Article><ArticleTitle>T</ArticleTitle><Journal><ISOAbbreviation>J S</ISOAbbreviation><Title>J</Title></Journal>
        <Abstract><AbstractText>A.</AbstractText><CopyrightInformation>C</CopyrightInformation></Abstract>
        <AuthorList><Author><LastName>Oak</LastName><ForeName>Ann</ForeName>
          <Identifier Source="ORCID">0000-0000-0000-0001</Identifier>
          <AffiliationInfo><Affiliation>Synthetic Hospital</Affiliation></AffiliationInfo></Author></AuthorList>
        <ELocationID EIdType="pii">S1</ELocationID>
        <GrantList><Grant><GrantID>G1</GrantID><Agency>Nobody</Agency></Grant></GrantList></Article>
        <MeshHeadingList><MeshHeading><DescriptorName>Mentors</DescriptorName><QualifierName>education</QualifierName>
        </MeshHeading></MeshHeadingList><CoiStatement>None <b>at</b> all.</CoiStatement>
        <GeneralNote>A note</GeneralNote>
        <CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>J 2</RefSource>
        </CommentsCorrections></CommentsCorrectionsList></MedlineCitation>
        <PubmedData><History><PubMedPubDate PubStatus="entrez"><Year>2020</Year><Month>1</Month></PubMedPubDate>
        </History><PublicationStatus>ppublish</PublicationStatus><ReferenceList><Reference><Citation>Other</Citation></Reference>
        </ReferenceList></PubmedData></PubmedArticle>"""
    (record,) = read(text).records
    assert (record.authors, record.identifiers, record.notes) == (("Oak, Ann",), (("pii", "S1"),), ("A note",))
    assert (record.flags, record.keywords) == (("corrected",), ("Mentors/education",))
    assert record.extra == (
        ("ErratumIn", "J 2"),
        ("DateRevised", "2020; 01; 02"),
        ("ISOAbbreviation", "J S"),
        ("CopyrightInformation", "C"),
        ("Identifier ORCID", "0000-0000-0000-0001"),
        ("AffiliationInfo", "Synthetic Hospital"),
        ("Grant", "G1; Nobody"),
        ("CoiStatement", "None at all."),
        ("PubMedPubDate entrez", "2020; 1"),
        ("PublicationStatus", "ppublish"),
        ("ReferenceList", "1"),
    )


def test_mods_with_a_host_field_by_field() -> None:
    reading = formats.read((DATA / "formats" / "mods.xml").read_bytes(), name="mods.xml")
    assert (reading.format, reading.platform, reading.losses, reading.rejected) == ("mods", None, (), ())
    assert reading.records[0] == Record(
        title="The mentoring of doctors: a synthetic study",
        authors=("Oak, Ann", "Elm, B. C.", "Ward Research Group"),
        date="2014-05-03",
        journal="Journal of Synthetic Wards",
        volume="12",
        issue="3",
        pages="142-146",
        abstract="A synthetic abstract.",
        keywords=("mentoring", "Physicians--Nowhere"),
        kind="article",
        language="eng",
        doi="10.9999/synth.1",
        pmid="99999991",
        issns=("1234-567X",),
        url="https://example.org/1",
        publisher="Made-up Press",
        source_id="oak2014",
        identifiers=(("hdl", "2027/x"),),
        notes=("A note",),
        extra=(
            ("titleInfo abbreviated/title", "Mentoring"),
            ("name personal/affiliation", "Synthetic Hospital"),
            ("name personal/namePart date", "1950-"),
            ("name personal/namePart", "Ash, C."),
            ("name personal/role/roleTerm", "edt"),
            ("typeOfResource", "text"),
            ("genre local", "journalArticle"),
            ("language/languageTerm text", "English"),
            ("relatedItem host/originInfo/issuance", "continuing"),
            ("relatedItem host/identifier doi", "10.9999/of-the-journal"),
            ("relatedItem host/part/detail issue/caption", "no."),
            ("relatedItem series/titleInfo/title", "Synthetic series"),
            ("location/url", "https://example.org/p"),
        ),
    )


def test_mods_of_a_book() -> None:
    record = formats.read((DATA / "formats" / "mods.xml").read_bytes(), name="mods.xml").records[1]
    assert (record.kind, record.date, record.place, record.publisher) == ("book", "2012", "Nowhere", "Made-up Press")
    assert (record.isbns, record.source_id, record.authors) == (("9781482253269",), "ocn1", ())
    assert record.extra == (
        ("name conference/namePart", "A synthetic meeting"),
        ("genre marcgt", "book"),
        ("originInfo/place/placeTerm code", "xx"),
        ("originInfo/copyrightDate", "c2012"),
    )


HOST = '<relatedItem type="host"><titleInfo><title>H</title></titleInfo>{}</relatedItem>'


@pytest.mark.parametrize(
    ("elements", "kind"),
    [
        ("<genre>journal article</genre>", "article"),
        ("<genre>Systematic Review</genre>", "review"),
        (HOST.format("<genre>book</genre>"), "chapter"),
        (HOST.format("<genre>conference publication</genre>"), "conference"),
        (HOST.format("<genre>periodical</genre>"), "article"),
        (HOST.format("<originInfo><issuance>continuing</issuance></originInfo>"), "article"),
        ('<genre authority="marcgt">theses</genre>', "thesis"),
        ("<genre>postcard</genre>", None),
    ],
)
def test_genres_become_kinds(elements: str, kind: Kind | None) -> None:
    assert mods(elements).kind == kind


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ('<dateIssued encoding="marc">2014</dateIssued><dateIssued>May 2014</dateIssued>', "2014-05"),
        ('<dateIssued point="start">2010</dateIssued><dateIssued point="end">2012</dateIssued>', "2010"),
        ("<dateIssued>uuuu</dateIssued>", None),
        ("<dateIssued>uuuu</dateIssued><copyrightDate>c1999</copyrightDate>", "1999"),
    ],
)
def test_dates_of_mods(dates: str, expected: str | None) -> None:
    assert mods(f"<originInfo>{dates}</originInfo>").date == expected


def test_the_date_of_the_issue_beats_that_of_the_making() -> None:
    made = "<originInfo><dateCreated>2009</dateCreated></originInfo>"
    assert mods(made, HOST.format("<part><date>2011-02</date></part>")).date == "2011-02"


def test_a_part_beside_the_host_and_pages_as_a_list() -> None:
    part = '<detail type="volume"><number>4</number></detail><extent unit="page"><list>e12, e14</list></extent>'
    record = mods(f"<part>{part}</part>", '<note type="thesis">N</note>', "<genre>Retracted Publication</genre>")
    assert (record.volume, record.pages, record.flags) == ("4", "e12, e14", ("retracted",))


def test_records_inside_the_reply_of_a_catalogue() -> None:
    text = (
        '<zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/"><zs:records><zs:record><zs:recordData>'
        '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>A</title></titleInfo></mods>'
        "</zs:recordData></zs:record></zs:records></zs:searchRetrieveResponse>"
    )
    reading = read(text)
    assert (reading.format, [record.title for record in reading.records], reading.losses) == ("mods", ["A"], ())


def test_a_mods_record_of_nothing_is_set_aside() -> None:
    (rejected,) = read("<modsCollection><mods><genre>book</genre></mods></modsCollection>").rejected
    assert rejected.raw == "<mods><genre>book</genre></mods>"
