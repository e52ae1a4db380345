"""Forms, instruments and frameworks: those shipped have the structure of their source; faults are told all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction import library
from review.errors import ProtocolError


def test_the_shipped_names() -> None:
    assert library.names("forms") == ("bitc-mentoring",)
    assert library.names("instruments") == ("casp-qualitative-2018", "jbi-text-opinion", "mmat-2018")
    assert library.names("frameworks") == ("bitc-workwell",)


@pytest.mark.parametrize("kind", library.KINDS)
def test_each_shipped_file_is_sound_and_called_as_its_file(kind: str) -> None:
    read = {"forms": library.form, "instruments": library.instrument, "frameworks": library.framework}[kind]
    for name in library.names(kind):
        assert read(name).name == name


def test_the_proforma_has_ten_sections_and_asks_for_what_the_review_tabulates() -> None:
    form = library.form("bitc-mentoring")
    assert form.id == "bitc-mentoring@1"
    assert [section.title.split()[0] for section in form.sections] == [str(n) for n in range(1, 11)]
    ids = {field.id for field in form.fields}
    assert {"kind", "aim", "speciality", "location", "design", "data_collection", "roles", "sample_n"} <= ids
    assert {"focus", "mode", "mentoring_type", "mentor_training"} <= ids
    aim = next(field for field in form.fields if field.id == "aim")
    assert aim.required and aim.quote and aim.type == "text"


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
        library.instrument("casp-qualitative-2028")
    assert caught.value.hint == "did you mean 'casp-qualitative-2018'?"


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
