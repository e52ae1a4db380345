"""What records offer to a form: as every format holds it, and no country where there is a doubt."""

from __future__ import annotations

import pytest

from extraction import library, prefill
from review.formats import read
from review.record import Record

MEDLINE = """PMID- 1
TI  - Mentors
FAU - Smith, Ann
AD  - Department of Medicine, University of Leeds, Leeds, UK. ann@example.org.
FAU - Doe, Bob
AD  - {second}
"""
WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Smith, A
   Doe, B
TI Mentors
C1 [Doe, B] Univ Oslo, Oslo, Norway.
   [Smith, A; Roe, C] Beijing Univ, Beijing, Peoples R China.
PY 2001
ER

EF
"""
SCOPUS = """Authors,Title,Year,Affiliations,Authors with affiliations
"Smith A.; Doe B.",Mentors,2001,"Oslo, Norway; Leeds, England","Doe B., Oslo, Norway; {own}, Leeds, England"
"""
RIS = "TY  - JOUR\nTI  - Mentors\nAU  - Smith, Ann\nAD  - {address}\nER  - \n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MEDLINE.format(second="Leeds General Infirmary, Leeds, United Kingdom."), "GB"),
        (MEDLINE.format(second="University of Oslo, Norway."), None),
        (MEDLINE.format(second="Leeds General Infirmary."), None),
        (WOS, "CN"),
        (WOS.replace("[Smith, A;", "[Smith, J;"), None),
        (SCOPUS.format(own="Smith A."), "GB"),
        (SCOPUS.format(own="Smith, Ann"), "GB"),
        (SCOPUS.format(own="Roe C."), None),
        (RIS.format(address="Univ Leeds, Leeds, England"), "GB"),
        (RIS.format(address="Univ Leeds, Leeds, England; Univ Oslo, Oslo, Norway"), None),
        (RIS.format(address="Harvard, Boston, MA 02115 USA"), "US"),
        (RIS.format(address="Boston, MA"), None),
        (RIS.format(address="Emory University, Atlanta, Georgia"), None),
    ],
)
def test_the_country_of_the_first_author_where_there_is_no_doubt(text: str, code: str | None) -> None:
    (record,) = read(text.encode(), name="list").records
    assert prefill.country(record) == code


@pytest.mark.parametrize("name", ["bitc-mentoring", "qualitative", "quantitative"])
def test_shipped_forms_are_offered_what_the_record_has(name: str) -> None:
    form = library.form(name, None)
    record = Record(title="Mentors", authors=("Smith, Ann", "Doe, B"), date="2014-05", journal="J",
                    place="United States", extra=(("AD", "Leeds, UK"),))  # fmt: skip
    assert prefill.of(form, record) == {
        "authors": "Smith, Ann; Doe, B", "year": 2014, "title": "Mentors", "journal": "J", "author_country": ["GB"],
    }  # fmt: skip
    assert prefill.of(form, Record(place="United States")) == {}
