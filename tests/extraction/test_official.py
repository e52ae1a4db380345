"""Official wording that a team puts beside an instrument: read per item, every fault said."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction import library, official
from review.errors import ProtocolError

MMAT = library.instrument("mmat-2018")
JBI = library.instrument("jbi-text-opinion")


def beside(folder: Path, name: str, text: str | bytes) -> None:
    path = folder / "instruments" / f"{name}.official.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_there_is_none_unless_the_team_put_it_there(tmp_path: Path) -> None:
    assert official.texts(MMAT, tmp_path) == {}
    beside(tmp_path, MMAT.name, '\ufeff"1.1" = " Invented wording? "\nS1 = """Two\nlines"""\n')
    assert official.texts(MMAT, tmp_path) == {"1.1": "Invented wording?", "S1": "Two\nlines"}
    assert official.texts(JBI, tmp_path) == {}
    beside(tmp_path, JBI.name, 'overall = "Invented"')
    assert official.texts(JBI, tmp_path) == {"overall": "Invented"}


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    beside(tmp_path, MMAT.name, '1.1 = "no quotes"\n"S3" = "no such"\nS2 = 5\n"2.1" = " "\n')
    with pytest.raises(ProtocolError) as caught:
        official.texts(MMAT, tmp_path)
    told = "\n".join(str(fault) for fault in caught.value.faults)
    assert 'put the whole id in quotes, such as "1.1"' in told
    assert "S3: the instrument has no such item (there are S1, S2, 1.1," in told
    assert "S2: must be a text in quotes" in told and "2.1: must be a text in quotes" in told


@pytest.mark.parametrize(("data", "words"), [(b"1 = ", "is not valid TOML"), (b'"1" = "\xe9"', "is not UTF-8 text")])
def test_a_broken_file_is_told_in_words(tmp_path: Path, data: bytes, words: str) -> None:
    beside(tmp_path, JBI.name, data)
    with pytest.raises(ProtocolError, match=words):
        official.texts(JBI, tmp_path)
