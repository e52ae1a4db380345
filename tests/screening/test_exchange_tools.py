"""Finished screening of Rayyan, Covidence, ASReview and EPPI-Reviewer: who, what and why, in their own forms."""

from __future__ import annotations

import csv
import dataclasses
import io
import json

import pytest
from openpyxl import Workbook
from sqlalchemy import update

from review.errors import DecisionError, ReviewError
from review.protocol import Member
from review.store import schema
from screening.exchange import Reading, Refused, import_decisions
from screening.exports import export
from screening.foreign import Wanted

TA = Wanted(stage="title-abstract")


def take(panel, data, wanted=TA, *, persons=None, reasons=None, protocol=None):
    data = data if isinstance(data, bytes) else data.encode()
    reading = Reading(wanted, persons or {}, reasons or {})
    return import_decisions(panel.store, protocol or panel.protocol, panel.ann, data, reading)


def votes(panel):
    with panel.store.read() as connection:
        found = export(connection).votes
    return [(v.report, v.stage, v.person, v.verdict, v.reasons, v.note) for v in found]


def table(header, *rows):
    text = io.StringIO()
    csv.writer(text).writerows([header.split(","), *rows])
    return text.getvalue()


# -- Rayyan

RAYYAN = (
    "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,"
    "notes,doi,keywords,pubmed_id,pmc_id"
)


def rayyan(*rows):
    """Give a file of Rayyan's: rows of (title, year, url, doi, pubmed id, notes)."""
    names = RAYYAN.split(",")
    out = []
    for number, (title, year, url, doi, pmid, notes) in enumerate(rows, start=1):
        cells = {"key": f"rayyan-{number}", "title": title, "year": year, "url": url, "doi": doi, "pubmed_id": pmid,
                 "notes": notes}  # fmt: skip
        out.append([cells.get(name, "") for name in names])
    return table(RAYYAN, *out)


def test_rayyan_says_who_what_and_why(pair):
    data = rayyan(
        ("Synthetic report 1", "2001", "https://doi.org/10.5555/1", "", "",
         'RAYYAN-INCLUSION: {"Ann"=>"Included", "Ben"=>"Excluded"} | RAYYAN-LABELS: key paper,methods '
         '| RAYYAN-EXCLUSION-REASONS: not about doctors | USER-NOTES: {"Ben"=>["look again", "twice"]}'),
        ("Synthetic report 2", "2002", "", "", "1002", 'RAYYAN-INCLUSION: {"Ann"=>"Maybe"}'),
        ("SYNTHETIC – report 3.", "2003", "", "", "", 'RAYYAN-INCLUSION: {"Ben"=>"Excluded"}'),
        ("Synthetic report 4", "2004", "", "", "", "A note of the database"),
    )  # fmt: skip
    done = take(pair, data)
    assert (done.read, done.kept, done.rejected) == (4, 4, ())
    assert done.losses == ("1 records of the file carry no decision",)
    assert votes(pair) == [
        (1, "title-abstract", "Ann", "include", "", "Rayyan labels: key paper,methods"),
        (1, "title-abstract", "Ben", "exclude", "wrong_population",
         "look again\ntwice\nRayyan labels: key paper,methods"),
        (2, "title-abstract", "Ann", "maybe", "", None),
        (3, "title-abstract", "Ben", "exclude", "", None),
    ]  # fmt: skip
    again = take(pair, data)
    assert (again.kept, again.unchanged) == (0, 4)


def test_names_and_reasons_of_rayyan_are_explained_or_refused(pair):
    team = dataclasses.replace(pair.protocol, team=(Member("Ann"), Member("Ben")))
    data = rayyan(
        ("", "", "", "10.5555/1", "", 'RAYYAN-INCLUSION: {"Kofi M."=>"Excluded"} '
                                     "| RAYYAN-EXCLUSION-REASONS: wrong drug,foreign language"),
        ("", "", "", "10.5555/2", "", 'RAYYAN-INCLUSION: {"Ama \\"A\\""=>"Included"}'),
    )  # fmt: skip
    done = take(pair, data, protocol=team)
    assert (done.read, done.kept) == (2, 0)
    assert [r.row for r in done.rejected] == [2, 3]
    assert done.rejected[0].reason.startswith("Kofi M. is not in the protocol's team; say who it is: --person")
    who = {"Kofi M.": "Ann", 'Ama "A"': "Ben"}
    done = take(pair, data, protocol=team, persons=who)
    (refused,) = done.rejected
    assert refused == Refused(2, "'wrong drug' is no exclusion reason of this stage; say which it is: "
                                 '--reason "wrong drug=CODE"')  # fmt: skip
    words = {"Wrong drug": "wrong_outcome", "foreign language": ""}
    done = take(pair, data, protocol=team, persons=who, reasons=words)
    assert (done.kept, done.unchanged, done.rejected) == (1, 1, ())
    assert votes(pair) == [
        (1, "title-abstract", "Ann", "exclude", "wrong_outcome", "reason: foreign language"),
        (2, "title-abstract", "Ben", "include", "", None),
    ]


def test_reasons_that_nobody_gave_alone_are_said(pair):
    data = rayyan(
        ("", "", "", "10.5555/1", "", 'RAYYAN-INCLUSION: {"Ann"=>"Excluded", "Ben"=>"Excluded"} '
                                     "| RAYYAN-EXCLUSION-REASONS: wrong outcome"),
        ("", "", "", "10.5555/2", "", 'RAYYAN-INCLUSION: {"Ann"=>"Included"} '
                                     "| RAYYAN-EXCLUSION-REASONS: wrong outcome"),
    )  # fmt: skip
    done = take(pair, data)
    assert "does not say whose the reasons are: all were given to each: row 2" in done.losses[0]
    assert votes(pair) == [
        (1, "title-abstract", "Ann", "exclude", "wrong_outcome", None),
        (1, "title-abstract", "Ben", "exclude", "wrong_outcome", None),
        (2, "title-abstract", "Ann", "include", "", "Rayyan reasons: wrong outcome"),
    ]


def test_a_comma_in_the_text_of_a_reason_does_not_part_it(pair):
    (first, *rest) = pair.protocol.title_abstract.reasons
    first = dataclasses.replace(first, text="Nurses, midwives, others")
    rules = dataclasses.replace(pair.protocol.title_abstract, reasons=(first, *rest))
    protocol = dataclasses.replace(pair.protocol, title_abstract=rules)
    note = ('RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: No outcome of interest,'
            "nurses, midwives, others")  # fmt: skip
    done = take(pair, rayyan(("", "", "", "10.5555/1", "", note)), protocol=protocol)
    assert done.rejected == ()
    assert votes(pair)[0][4] == "wrong_population;wrong_outcome"


def test_what_cannot_be_read_of_rayyan_is_refused_with_its_row(pair):
    data = rayyan(
        ("", "", "", "10.5555/1", "", "RAYYAN-INCLUSION: Included"),
        ("", "", "", "10.5555/2", "", 'RAYYAN-INCLUSION: {"Ann"=>"Perhaps"}'),
        ("", "", "", "10.5555/99", "", 'RAYYAN-INCLUSION: {"Ann"=>"Included"}'),
    )
    assert take(pair, data).rejected == (
        Refused(2, "the decision cannot be read: Included"),
        Refused(3, "'Perhaps' is no decision of Rayyan's"),
        Refused(4, "there is no report with the DOI 10.5555/99"),
    )


def test_rayyan_as_ris(pair):
    data = (
        "TY  - JOUR\nTI  - Synthetic report 5\nPY  - 2005\n"
        'N1  - RAYYAN-INCLUSION: {"Ann"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: wrong outcome\nER  - \n\n'
        'TY  - JOUR\nTI  - Another\nPY  - 2005\nN1  - RAYYAN-INCLUSION: {"Ann"=>"Included"}\nER  - \n'
    )
    done = take(pair, data, Wanted("articles.ris", "title-abstract"))
    assert done.rejected == (Refused(2, "there is no report with the title “Another” of 2005"),)
    assert votes(pair) == [(5, "title-abstract", "Ann", "exclude", "wrong_outcome", None)]


def test_the_stage_must_be_said(pair):
    data = rayyan(("", "", "", "10.5555/1", "", 'RAYYAN-INCLUSION: {"Ann"=>"Included"}'))
    with pytest.raises(DecisionError, match="does not say of which stage"):
        take(pair, data, Wanted())


# -- Covidence

COVIDENCE = (
    "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,"
    "Covidence #,Study,Notes,Tags"
)


def covidence(*rows):
    """Give a file of Covidence's: rows of (title, year, doi, notes, tags)."""
    out = [[title, "Maker, A", "", year, "", "", "", "", "", "", doi, str(n), f"#{n}", f"Maker {year}", notes, tags]
           for n, (title, year, doi, notes, tags) in enumerate(rows, start=1)]  # fmt: skip
    return table(COVIDENCE, *out)


def test_covidences_lists_by_the_name_of_the_file(solo):
    gone = covidence(("Synthetic report 1", "2001", "", "", ""), ("", "", "10.5555/2", "", ""))
    done = take(solo, gone, Wanted("review_12345_irrelevant_csv_20260101120000.csv"))
    assert (done.read, done.kept, done.rejected) == (2, 2, ())
    assert "agreed outcome, not who voted" in done.losses[0]
    data = covidence(("", "", "10.5555/3", "Exclusion reason: Wrong outcome; ", "Ongoing; French"),
                     ("", "", "10.5555/4", "Ask the author. Exclusion reason: Not about doctors; ", ""))  # fmt: skip
    done = take(solo, data, Wanted("review_12345_excluded_csv_20260101120000.csv"))
    assert (done.read, done.kept) == (4, 4)
    take(solo, covidence(("", "", "10.5555/5", "", "")), Wanted(list="included"))
    take(solo, covidence(("", "", "10.5555/6", "", "")), Wanted(list="select"))
    assert votes(solo) == [
        (1, "title-abstract", "Ann", "exclude", "", None),
        (2, "title-abstract", "Ann", "exclude", "", None),
        (3, "title-abstract", "Ann", "include", "", None),
        (4, "title-abstract", "Ann", "include", "", None),
        (5, "title-abstract", "Ann", "include", "", None),
        (6, "title-abstract", "Ann", "include", "", None),
        (3, "full-text", "Ann", "exclude", "wrong_outcome", "Covidence tags: Ongoing; French"),
        (4, "full-text", "Ann", "exclude", "wrong_population", "Ask the author."),
        (5, "full-text", "Ann", "include", "", None),
    ]


def test_a_list_of_covidences_can_be_somebody_elses_and_of_one_stage(solo):
    take(solo, covidence(("", "", "10.5555/5", "", "")), Wanted(list="included", stage="title-abstract"),
         persons={"": "Ben"})  # fmt: skip
    assert votes(solo) == [(5, "title-abstract", "Ben", "include", "", None)]


def test_covidences_list_must_be_said(solo):
    with pytest.raises(DecisionError, match="one list and does not say which"):
        take(solo, covidence(("", "", "10.5555/5", "", "")), Wanted("mine.csv"))


def test_an_exclusion_at_full_text_without_a_reason_is_refused_or_explained(solo):
    data = covidence(("", "", "10.5555/3", "", ""))
    done = take(solo, data, Wanted(list="excluded"))
    assert done.rejected == (Refused(2, "an exclusion at this stage needs a reason"),)
    take(solo, data, Wanted(list="excluded"), reasons={"": "wrong_outcome"})
    assert votes(solo)[1][3:5] == ("exclude", "wrong_outcome")


def test_a_list_as_ris(solo):
    data = "TY  - JOUR\nTI  - Synthetic report 7\nPY  - 2007\nN1  - 1007[pmid]\nER  - \n"
    take(solo, data, Wanted("review_1_irrelevant_ris_20260101.ris"))
    assert votes(solo) == [(7, "title-abstract", "Ann", "exclude", "", None)]


# -- ASReview


def test_asreview_2(solo):
    head = "record_id,title,doi,asreview_label,asreview_time,asreview_note,asreview_user_name,asreview_user_email"
    data = table(
        head,
        ["0", "Synthetic report 1", "10.5555/1", "1", "2026-01-01 10:00:00", "good", "Ben", ""],
        ["1", "Synthetic report 2", "10.5555/2", "0", "2026-01-01 10:00:09", "", "", ""],
        ["2", "Synthetic report 3", "10.5555/3", "", "", "", "", ""],
        ["3", "Synthetic report 4", "10.5555/4", "7", "", "", "", ""],
    )
    done = take(solo, data)
    assert (done.read, done.kept) == (3, 2)
    assert done.rejected == (Refused(5, "the label '7' is neither 1 nor 0"),)
    assert votes(solo) == [
        (1, "title-abstract", "Ben", "include", "", "good"),
        (2, "title-abstract", "Ann", "exclude", "", None),
    ]


def test_asreview_1_as_a_workbook(solo):
    book = Workbook()
    for row in (["record_id", "title", "year", "included", "asreview_ranking"], [0, "Synthetic report 1", 2001, 1, 1],
                [1, "Synthetic report 2", 2002, 0, 2], [2, "Synthetic report 3", 2003, None, 3],
                [3, "Synthetic report 4", 1999, 1, 4]):  # fmt: skip
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    done = take(solo, out.getvalue())
    assert done.rejected == (Refused(5, "the report with the title “Synthetic report 4” of 1999 is of another year "
                                        "here: 2004"),)  # fmt: skip
    assert [v[:4] for v in votes(solo)] == [(1, "title-abstract", "Ann", "include"),
                                            (2, "title-abstract", "Ann", "exclude")]  # fmt: skip


def test_asreview_as_ris(solo):
    data = (
        'TY  - JOUR\nTI  - Synthetic report 1\nDO  - 10.5555/1\nN1  - ASReview_relevant\n'
        'N1  - asreview_user_name: "Ben"\nN1  - asreview_note: "see \\"Aims\\""\nER  - \n\n'
        "TY  - JOUR\nTI  - Synthetic report 2\nDO  - 10.5555/2\nN1  - ASReview_irrelevant\nER  - \n\n"
        "TY  - JOUR\nTI  - Synthetic report 3\nDO  - 10.5555/3\nN1  - ASReview_not_seen\nER  - \n"
    )  # fmt: skip
    done = take(solo, data, Wanted("asreview.ris", "title-abstract"))
    assert (done.read, done.kept) == (2, 2)
    assert votes(solo) == [
        (1, "title-abstract", "Ben", "include", "", 'see "Aims"'),
        (2, "title-abstract", "Ann", "exclude", "", None),
    ]


# -- EPPI-Reviewer


def eppi(*references, sets=("Screen on Title & Abstract", "Screen on Full Text")):
    codes = [
        {"SetName": name, "Attributes": {"AttributesList": [
            {"AttributeId": at + 1, "AttributeName": f"INCLUDE {at}", "AttributeType": "Include"},
            {"AttributeId": at + 2, "AttributeName": "EXCLUDE on wrong outcome", "AttributeType": "Exclude"},
            {"AttributeId": at + 3, "AttributeName": "Group", "AttributeType": "Not selectable", "Attributes":
             {"AttributesList": [{"AttributeId": at + 4, "AttributeName": "Exclude: not about doctors",
                                  "AttributeType": "Selectable (show checkbox)"}]}},
        ]}}
        for at, name in zip((10, 20), sets, strict=True)
    ]  # fmt: skip
    found = [
        {"ItemId": n, "Title": title, "Year": "2001", "DOI": doi,
         "Codes": [{"AttributeId": one, "AdditionalText": text} for one, text in given]}
        for n, (title, doi, given) in enumerate(references, start=900)
    ]  # fmt: skip
    return json.dumps({"CodeSets": codes, "References": found})


def test_eppi_reviewers_codes(solo):
    data = eppi(
        ("", "10.5555/1", [(11, ""), (22, "no outcome"), (24, "nurses only")]),
        ("", "10.5555/2", [(14, "")]),
        ("", "10.5555/3", [(99, "a code of another kind")]),
        ("", "10.5555/4", [(11, ""), (12, "")]),
    )
    done = take(solo, data, Wanted("coding.json"))
    assert done.rejected == (Refused(4, "coded as both include and exclude at title-abstract"),)
    assert done.losses == ("1 records of the file carry no decision",)
    assert votes(solo) == [
        (1, "title-abstract", "Ann", "include", "", None),
        (2, "title-abstract", "Ann", "exclude", "wrong_population", None),
        (1, "full-text", "Ann", "exclude", "wrong_population;wrong_outcome", "no outcome\nnurses only"),
    ]


def test_a_code_set_whose_name_tells_no_stage(solo):
    data = eppi(("", "10.5555/2", [(11, "")]), sets=("Screening", "Other"))
    with pytest.raises(DecisionError, match="does not say of which stage"):
        take(solo, data, Wanted("coding.json"))
    take(solo, data)
    assert votes(solo)[0][:4] == (2, "title-abstract", "Ann", "include")


@pytest.mark.parametrize(
    "tree",
    [
        {"References": []},
        {
            "References": [None, 3, {"Codes": 3}, {"Codes": [None, {}]}],
            "CodeSets": [None, {"Attributes": {"AttributesList": [None]}}],
        },
    ],
)
def test_json_with_nothing_in_it(solo, tree):
    assert take(solo, json.dumps(tree)).read == 0


@pytest.mark.parametrize("data", ["{", "{" * 100_000, '{"References": [}'])
def test_damaged_json(solo, data):
    with pytest.raises(DecisionError, match="damaged"):
        take(solo, data)


# -- by title


def test_a_title_of_two_reports_is_refused(solo):
    with solo.store.write() as connection:
        connection.execute(
            update(schema.record).where(schema.record.c.id.in_([5, 6])).values(title="Same", date="2001")
        )
    done = take(solo, "title,year,stage,verdict\nsame,2001,title-abstract,include\n")
    assert done.rejected == (Refused(2, "the title “same” of 2001 belongs to the reports 5, 6: name one by number"),)


def test_a_title_with_another_doi_is_another_report(solo):
    done = take(solo, "title,doi,stage,verdict\nSynthetic report 5,10.1000/x,title-abstract,include\n")
    assert done.rejected == (
        Refused(2, "the report with the title “Synthetic report 5” has another DOI than 10.1000/x"),
    )


def test_a_number_with_another_title_is_refused(solo):
    done = take(solo, "report,title,stage,verdict\n5,Synthetic report 4,title-abstract,include\n")
    assert done.rejected == (Refused(2, "report 5 has another title: is the file of another review?"),)


def test_merged_records_of_one_title_are_one_report(solo):
    with solo.store.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id.in_([5, 6])).values(title="Same"))
    solo.merge(5, 6)
    take(solo, "title,stage,verdict\nsame,title-abstract,include\n")
    assert votes(solo)[0][:2] == (5, "title-abstract")


# -- hostile files


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("stage,verdict,report,note\ntitle-abstract,include,1," + "x" * 1_000_001, "no decision has"),
        (b"PK\x03\x04" + b"\x00" * 200, "damaged|ZIP|no XLSX"),
        (b"\x00" * 500, "empty|no column stage"),
        ("<html><body>Sign in</body></html>", "no column stage"),
        ("title,authors\nA,B\n", "no column stage"),
    ],
)
def test_a_file_that_holds_no_decisions(solo, data, message):
    with pytest.raises(ReviewError, match=message):
        take(solo, data)
    assert votes(solo) == []


@pytest.mark.parametrize("number", ["9" * 5000, "²", "1.0", "-1", "0"])
def test_a_number_that_is_none(solo, number):
    done = take(solo, f"report,stage,verdict\n{number},title-abstract,include\n")
    assert done.rejected[0].reason.startswith("there is no report with number")


def test_a_name_for_nobody_of_the_team(solo):
    team = dataclasses.replace(solo.protocol, team=(Member("Ann"), Member("Ben")))
    with pytest.raises(DecisionError, match="'Kofi=Eve' names nobody of the protocol's team"):
        take(solo, "report,stage,verdict,person\n1,title-abstract,include,Kofi\n", persons={"Kofi": "Eve"},
             protocol=team)  # fmt: skip
