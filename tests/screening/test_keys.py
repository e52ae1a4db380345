"""The keys of the screening page: presets that hold, what a person may choose, one list for page and script."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import screening
from review.protocol import STAGES
from screening import keys

SCRIPT = Path(screening.__file__).parent / "static/screen.js"


@pytest.mark.parametrize("preset", keys.PRESETS, ids=lambda preset: preset.name)
def test_a_preset_gives_every_action_a_key_of_its_own(preset: keys.Preset) -> None:
    chosen, faults = keys.read(preset.keys)
    assert (chosen, faults) == (preset.keys, {})
    assert all(chosen.values())
    assert keys.preset_of(chosen) == preset.name
    for mode, stage in product(("verdict", "criteria"), STAGES):
        actions = [action for action in keys.ACTIONS if action.known(mode, stage)]
        assert len(keys.active(chosen, mode, stage)) == len(actions)


def test_the_habits_are_those_of_the_other_tools() -> None:
    habits = {preset.name: [preset.keys[a] for a in ("include", "maybe", "exclude", "undo")] for preset in keys.PRESETS}
    assert habits == {
        "default": ["i", "m", "e", "u"], "rayyan": ["i", "u", "e", "z"], "asreview": ["r", "m", "i", "u"],
        "arrows": ["arrowright", "arrowup", "arrowleft", "arrowdown"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "key"),
    [("Q", "q"), (" left  Arrow ", "arrowleft"), ("←", "arrowleft"), ("Backspace", "backspace"), ("Del", "delete"),
     ("é", "é"), ("ш", "ш"), ("+", "+"), ("", "")],
)  # fmt: skip
def test_a_key_is_read_as_people_write_it(written: str, key: str) -> None:
    chosen, faults = keys.read(keys.DEFAULT | {"tag": written, "previous": "", "quote": "", "larger": ""})
    assert (chosen["tag"], faults) == (key, {})


@pytest.mark.parametrize(
    ("written", "sentence"),
    [("Enter", "Enter is no key to choose: Enter sends and closes."), ("space", "Space scrolls"), ("5", "digits"),
     ("F5", "write one character"), ("II", "write one character"), ("N", "N is already the key of: Note.")],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused_with_a_sentence(written: str, sentence: str) -> None:
    _, faults = keys.read(keys.DEFAULT | {"search": written})
    assert list(faults) == ["search"]
    assert sentence in faults["search"]


def test_the_two_ways_of_screening_may_share_a_key() -> None:
    assert keys.read(keys.DEFAULT | {"yes": "i", "no": "e"})[1] == {}
    assert keys.read(keys.DEFAULT | {"yes": "n"})[1] == {"note": "N is already the key of: Yes to the criterion."}


def test_a_map_that_was_kept_before_an_action_existed_gives_it_the_usual_key_if_that_is_free() -> None:
    known = {name: key for name, key in keys.DEFAULT.items() if name not in ("quote", "find")}
    assert keys.stored(known | {"tag": "q", "note": ""}) == keys.DEFAULT | {"tag": "q", "note": "", "quote": ""}
    assert keys.stored(None) == keys.stored("nonsense") == keys.DEFAULT


def test_the_script_knows_every_action_and_no_other() -> None:
    table = re.search(r"const ACTS = \{(.*?)\n  \};", SCRIPT.read_text("utf-8"), re.DOTALL)
    assert table is not None
    known = re.findall(r"(?:^|[,{])\s+([a-z_]+)(?=:|,)", table[1])
    assert set(known) == {action.name for action in keys.ACTIONS}
