"""Forms, instruments and frameworks: those shipped have the structure of their source; faults are told all at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from extraction import conditions, library
from review.errors import ProtocolError
from review.forms import Field, FieldType, Form, Framework, Instrument, When


def test_the_shipped_names() -> None:
    assert library.names("forms") == ("bitc-mentoring", "qualitative", "quantitative")
    assert {"casp-qualitative-2018", "jbi-text-opinion", "mmat-2018"} <= set(library.names("instruments"))
    assert library.names("frameworks") == ("bitc-workwell",)


@pytest.mark.parametrize("kind", library.KINDS)
def test_each_shipped_file_is_sound_and_called_as_its_file(kind: str) -> None:
    for name in library.names(kind):
        read = {"forms": library.form, "instruments": library.instrument, "frameworks": library.framework}
        made: Form | Instrument | Framework = read[kind](name)  # type: ignore[assignment]
        assert made.name == name


def test_the_proforma_has_ten_sections_and_asks_for_what_the_review_tabulates() -> None:
    form = library.form("bitc-mentoring")
    assert form.id == "bitc-mentoring@2"
    assert [section.title.split()[0] for section in form.sections] == [str(n) for n in range(1, 11)]
    ids = {field.id for field in form.fields}
    assert {"kind", "aim", "speciality", "location", "design", "data_collection", "roles", "sample_n"} <= ids
    assert {"focus", "mode", "mentoring_type", "mentor_training"} <= ids
    aim = next(field for field in form.fields if field.id == "aim")
    assert aim.required and aim.quote and aim.type == "text"


def field_of(name: str, field: str) -> Field:
    return next(one for one in library.form(name).fields if one.id == field)


def test_the_proforma_counts_participants_by_role_and_keeps_findings_and_survey_results_as_rows() -> None:
    assert [sub.id for sub in field_of("bitc-mentoring", "participants").fields] == ["role", "n", "invited", "note"]
    for component in ("relationships", "health", "specialist_support", "work", "working_well"):
        findings = field_of("bitc-mentoring", f"bitc_{component}_findings")
        assert findings.when == When(f"bitc_{component}", ("yes",))
        assert {"finding", "polarity", "perspective", "evidence", "place"} <= {sub.id for sub in findings.fields}
    survey = {sub.id: sub.type for sub in field_of("bitc-mentoring", "survey").fields}
    assert (survey["item"], survey["responses"], survey["skipped"], survey["asked"]) == (
        "text", "counts", "number", "number",
    )  # fmt: skip
    other = conditions.asked(library.form("bitc-mentoring"), {"kind": "commentary"})
    assert "aim" in other and not {"design", "sample_n", "mentor_training"} & other


@pytest.mark.parametrize("name", library.names("forms"))
def test_each_shipped_form_takes_over_what_the_record_says_and_asks_for_the_words_behind_the_aim(name: str) -> None:
    offered = {field.prefill for field in library.form(name).fields if field.prefill}
    assert offered == {"authors", "year", "title", "journal", "author_country"}
    assert field_of(name, "aim").quote and field_of(name, "aim").required


def test_the_quantitative_form_asks_only_what_a_design_has() -> None:
    form = library.form("quantitative")
    trial = conditions.asked(form, {"design": "randomised", "trial_type": "cluster"})
    cohort = conditions.asked(form, {"design": "cohort"})
    assert {"trial_type", "clusters", "allocation", "interventions", "analysed_population"} <= trial - cohort
    assert {"exposures", "confounders"} <= cohort - trial
    assert {"arms", "outcomes", "dichotomous", "continuous", "effects"} <= trial & cohort
    measures = next(sub for sub in field_of("quantitative", "effects").fields if sub.id == "measure")
    assert {"or", "rr", "rd", "hr", "md", "smd"} <= {option.code for option in measures.options}
    assert field_of("quantitative", "analysed_population").options[0].code == "itt"


def test_the_qualitative_form_keeps_voices_and_interpretation_apart() -> None:
    themes = [sub.id for sub in field_of("qualitative", "themes").fields]
    assert themes == ["theme", "interpretation", "words", "speaker", "place"]


def test_casp_qualitative_has_ten_items_two_screening_and_the_last_open() -> None:
    casp = library.instrument("casp-qualitative-2018")
    assert [item.id for item in casp.items] == [str(n) for n in range(1, 11)]
    assert [item.id for item in casp.items if item.screening] == ["1", "2"]
    assert [item.id for item in casp.items if item.open] == ["10"]
    assert [item.section[0] for item in casp.items] == list("AAAAAABBBC")
    assert [response.label for response in casp.responses] == ["Yes", "Can't tell", "No"]
    assert "CC BY-NC-SA" in casp.licence


def test_mmat_has_two_screening_items_and_five_sets_of_five() -> None:
    mmat = library.instrument("mmat-2018")
    assert [item.id for item in mmat.items if item.screening] == ["S1", "S2"]
    sets = [item.section for item in mmat.items if not item.screening]
    assert {name: sets.count(name) for name in sets} == {
        "1 Qualitative": 5, "2 Randomised trial": 5, "3 Non-randomised": 5, "4 Descriptive": 5, "5 Mixed methods": 5,
    }  # fmt: skip


def test_the_framework_has_four_components_and_a_core() -> None:
    workwell = library.framework("bitc-workwell")
    outer = [component.id for component in workwell.components if not component.core]
    assert outer == ["relationships", "health", "specialist_support", "work"]
    assert [component.id for component in workwell.components if component.core] == ["working_well"]
    assert "Steven et al." in workwell.source


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ProtocolError) as caught:
        library.form("bitc-mentorin")
    assert caught.value.hint == "did you mean 'bitc-mentoring'?"


def test_the_page_on_forms_shows_a_sound_form_and_names_every_type_and_every_shipped_form() -> None:
    page = (Path(__file__).parents[2] / "docs" / "forms.md").read_text("utf-8")
    (example,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    assert [field.type for field in library.form_of("docs", example).fields] == ["single", "number", "group"]
    rows = re.findall(r"^\| (`[^|]+`) \|", page, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\S+)`", row)}
    assert told == {*get_args(FieldType), *library.names("forms")}
    for name in library.PREFILLS:
        assert f"`{name}`" in page


def test_a_file_of_the_review_is_read_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'name="own"\nversion="2"\nlabel="Own"\nsource="ours"\n[[sections]]\ntitle="All"\n'
        '[[sections.fields]]\nid="aim"\nlabel="Aim"\n',
        "utf-8",
    )
    assert library.form("own.toml", tmp_path).id == "own@2"
    with pytest.raises(ProtocolError, match=r"there is no proforma .*other\.toml"):
        library.form("other.toml", tmp_path)


FAULTY = """
name = "faulty"
version = "1"
label = "Faulty"
source = "made up"
colour = "red"

[[sections]]
title = "All"

[[sections.fields]]
id = "a b"
label = "A"

[[sections.fields]]
id = "kind"
label = "Kind"
type = "singel"

[[sections.fields]]
id = "design"
label = "Design"
type = "single"

[[sections.fields]]
id = "n"
label = "N"
type = "number"
unit = "people"
requierd = true

[[sections.fields]]
id = "n"
label = "N again"
unit = "people"

[[sections]]
title = "Empty"
"""


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "faulty.toml").write_text(FAULTY, "utf-8")
    with pytest.raises(ProtocolError) as caught:
        library.form("faulty.toml", tmp_path)
    told = "\n".join(str(fault) for fault in caught.value.faults)
    for words in (
        "there is no 'colour' here",
        "'a b' must be letters",
        "'singel' is not one of",
        "did you mean 'single'?",
        "'design' is single: give options",
        "there is no 'requierd' here (did you mean 'required'?)",
        "field 'n' stands there 2 times",
        "only a number has a unit",
        "section 'Empty' has no fields",
    ):
        assert words in told


FAULTY_PARTS = """
name = "faulty"
version = "1"
label = "Faulty"
source = "made up"

[[sections]]
title = "One"
when = { kind = "research", n = "x" }

[[sections.fields]]
id = "kind"
label = "Kind"
type = "single"
options = { research = "Research" }

[[sections.fields]]
id = "n"
label = "N"
type = "number"
prefill = "author"

[[sections]]
title = "Two"

[[sections.fields]]
id = "year"
label = "Year"
type = "country"
prefill = "year"
when = { kynd = "research" }

[[sections.fields]]
id = "arms"
label = "Arms"
type = "group"

[[sections.fields]]
id = "times"
label = "Times"
type = "table"

[[sections.fields.fields]]
id = "row"
label = "Row"
type = "grup"

[[sections.fields.fields]]
id = "inner"
label = "Inner"
type = "table"
quote = true
when = { kind = "reserch" }
rows = { a = "A" }
fields = [{ id = "x", label = "X" }]

[[sections.fields]]
id = "votes"
label = "Votes"
type = "group"
rows = { a = "A" }
fields = [
  { id = "label", label = "L" },
  { id = "n", label = "N", unit = "people" },
  { id = "n", label = "N" },
  { id = "score", label = "S" },
]

[[sections.fields]]
id = "aim"
label = "Aim"
fields = [{ id = "x", label = "X" }]
when = { kind = "reserch" }
"""


def test_faults_of_conditions_groups_and_tables_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "faulty.toml").write_text(FAULTY_PARTS, "utf-8")
    with pytest.raises(ProtocolError) as caught:
        library.form("faulty.toml", tmp_path)
    told = [
        f"{fault.where.replace('sections', 's').replace('fields', 'f')}: {fault.what}" for fault in caught.value.faults
    ]
    assert told == [
        "line 9, s[1].when.n: a condition looks at one field",
        "line 11, s[1].f[1]: conditions go round in a ring: 'kind' for 'kind'",
        "line 21, s[1].f[2].prefill: 'author' is not one of: authors, year, title, journal, doi, author_country",
        "line 30, s[2].f[1].prefill: 'year' cannot fill a country",
        "line 31, s[2].f[1].when: 'year' waits for 'kynd', which is no field",
        "line 33, s[2].f[2].f: 'arms' is group: give sub-fields",
        "line 38, s[2].f[3].rows: 'times' is table: give rows",
        "line 44, s[2].f[3].f[1].id: no sub-field can be called 'row'",
        "line 46, s[2].f[3].f[1].type: 'grup' is not one of: text, number, single, multiple, date, country, counts, "
        "group, table",
        "line 51, s[2].f[3].f[2].type: sub-field 'inner' is a table, and stands in one already",
        "line 52, s[2].f[3].f[2].quote: sub-field 'inner' cannot have 'quote'",
        "line 53, s[2].f[3].f[2].when: sub-field 'inner' cannot have 'when'",
        "line 61, s[2].f[4].rows: 'votes' is group: no rows",
        "line 62, s[2].f[4].f: sub-field 'n' of 'votes' stands there 2 times",
        "line 62, s[2].f[4].f: label, score and n in 'votes' are what the type counts has",
        "line 64, s[2].f[4].f[2].unit: only a number has a unit",
        "line 72, s[2].f[5].f: 'aim' is text: no sub-fields",
        "line 73, s[2].f[5].when: 'reserch' is no option of 'kind'",
    ]
    hints = "\n".join(fault.hint or "" for fault in caught.value.faults)
    for word in ("group", "authors", "kind", "research"):
        assert f"did you mean '{word}'?" in hints


def test_an_item_for_a_design_that_the_instrument_lacks_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'name="own"\nedition="1"\nlabel="Own"\nurl="u"\nlicence="l"\ndesigns=["mixed"]\n'
        '[[items]]\nid="1"\nsection="All"\ncue="Clear"\ndesigns=["mixt"]\n',
        "utf-8",
    )
    with pytest.raises(ProtocolError) as caught:
        library.instrument("own.toml", tmp_path)
    told = "\n".join(str(fault) for fault in caught.value.faults)
    assert "design 'mixt' is not among" in told
    assert "[responses]" in told


def test_broken_toml_and_other_encodings_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = ", "utf-8")
    (tmp_path / "deep.toml").write_text("a = " + "[" * 3000 + "]" * 3000, "utf-8")
    (tmp_path / "latin.toml").write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(ProtocolError, match="is not valid TOML"):
        library.framework("broken.toml", tmp_path)
    with pytest.raises(ProtocolError, match="is not valid TOML"):
        library.framework("deep.toml", tmp_path)
    with pytest.raises(ProtocolError, match="is not UTF-8"):
        library.framework("latin.toml", tmp_path)
