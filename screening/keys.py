"""The keys of the screening page: what they can do, whose habits they follow, and which ones a person may choose. Pure.

A key is named as browsers name it (``KeyboardEvent.key``, https://www.w3.org/TR/uievents-key/, checked 2026-11-22), in
lower case: ``i``, ``/``, ``arrowleft``. A *map* gives each action its key, or ``""`` for none. The page, its hints, the
sheet of keys and ``aria-keyshortcuts`` all come from one map.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from review.protocol import Stage

Map: TypeAlias = dict[str, str]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a key does; ``mode`` is the way of screening that knows it, ``stage`` the stage, ``None`` both."""

    name: str
    label: str
    mode: Literal["verdict", "criteria"] | None = None
    stage: Stage | None = None

    def known(self, mode: str, stage: str) -> bool:
        """Say whether a stage that is screened in this way knows it."""
        return self.mode in (None, mode) and self.stage in (None, stage)


@dataclass(frozen=True, slots=True)
class Preset:
    """A map that people may know from elsewhere."""

    name: str
    label: str
    about: str
    keys: Map


@dataclass(frozen=True, slots=True)
class Key:
    """How a key is shown: on a key cap (``←``) and to assistive technology (``ArrowLeft``); both ``""`` for none."""

    cap: str
    aria: str


ACTIONS = (
    Action("include", "Include", "verdict"),
    Action("maybe", "Maybe", "verdict"),
    Action("exclude", "Exclude: opens the reasons", "verdict"),
    Action("yes", "Yes to the criterion", "criteria"),
    Action("no", "No to the criterion", "criteria"),
    Action("unclear", "Unclear", "criteria"),
    Action("undo", "Undo your last decision, and the one before, and so on"),
    Action("note", "Note"),
    Action("tag", "Tags"),
    Action("highlights", "Highlights: all, words only, off"),
    Action("previous", "Previous record"),
    Action("next", "Next record"),
    Action("fulltext", "Open the full text"),
    Action("why", "Why is this one here?"),
    Action("search", "Search"),
    Action("sheet", "Show the keys"),
    Action("read_on", "Full text: one screen on", stage="full-text"),
    Action("read_back", "Full text: one screen back", stage="full-text"),
    Action("page_next", "Full text: next page", stage="full-text"),
    Action("page_previous", "Full text: previous page", stage="full-text"),
    Action("find", "Find in the full text", stage="full-text"),
    Action("quote", "Keep what is selected, or the sentence that was found, as a quote", stage="full-text"),
    Action("larger", "Full text: larger", stage="full-text"),
    Action("smaller", "Full text: smaller", stage="full-text"),
)

_DEFAULT = {
    "include": "i", "maybe": "m", "exclude": "e", "yes": "j", "no": "k", "unclear": "l", "undo": "u", "note": "n",
    "tag": "t", "highlights": "h", "previous": "arrowleft", "next": "arrowright", "fulltext": "f", "why": "w",
    "search": "/", "sheet": "?", "read_on": "pagedown", "read_back": "pageup", "page_next": ".", "page_previous": ",",
    "find": "s", "quote": "q", "larger": "+", "smaller": "-",
}  # fmt: skip
_ARROWS = {
    "include": "arrowright", "maybe": "arrowup", "exclude": "arrowleft", "undo": "arrowdown",
    "yes": "arrowright", "no": "arrowleft", "unclear": "arrowup", "previous": ",", "next": ".",
    "page_next": "]", "page_previous": "[",
}  # fmt: skip

PRESETS = (
    Preset("default", "Default", "I include, M maybe, E exclude", _DEFAULT),
    Preset("rayyan", "As in Rayyan", "I include, U undecided, E exclude; Z undo",
           _DEFAULT | {"maybe": "u", "undo": "z"}),
    Preset("asreview", "As in ASReview", "R relevant, I irrelevant, M maybe",
           _DEFAULT | {"include": "r", "exclude": "i"}),
    Preset("arrows", "Arrows", "→ include, ← exclude, ↑ maybe, ↓ undo", _DEFAULT | _ARROWS),
)  # fmt: skip
DEFAULT = PRESETS[0].keys

# key -> (what is on its cap, what assistive technology calls it, how people write it)
_NAMED: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "arrowleft": ("←", "ArrowLeft", ("left", "left arrow", "arrow left")),
    "arrowright": ("→", "ArrowRight", ("right", "right arrow", "arrow right")),
    "arrowup": ("↑", "ArrowUp", ("up", "up arrow", "arrow up")),
    "arrowdown": ("↓", "ArrowDown", ("down", "down arrow", "arrow down")),
    "backspace": ("⌫", "Backspace", ()),
    "delete": ("Del", "Delete", ("del",)),
    "insert": ("Ins", "Insert", ("ins",)),
    "pageup": ("PgUp", "PageUp", ("page up",)),
    "pagedown": ("PgDn", "PageDown", ("page down",)),
    "+": ("+", "Plus", ("plus",)),
    "-": ("−", "Minus", ("minus",)),
}
_WRITTEN = {word: key for key, (cap, _, words) in _NAMED.items() for word in (key, cap.lower(), *words)}
_TAKEN = {
    "enter": "Enter sends and closes",
    "escape": "Escape closes",
    "esc": "Escape closes",
    "tab": "Tab moves about the page",
    "space": "Space scrolls, and presses the button that has the focus",
}


def shown(key: str) -> Key:
    """Say how a key is shown.

    >>> shown("i"), shown("arrowleft").cap, shown("")
    (Key(cap='I', aria='I'), '←', Key(cap='', aria=''))
    """
    cap, aria, _ = _NAMED.get(key, (key.upper(), key.upper(), ()))
    return Key(cap, aria)


def stored(value: Any) -> Map:
    """Read a map as it was kept: an unreadable one is the default one.

    An action that came with a later version has the key of the default map, unless that is taken.
    """
    if not isinstance(value, Mapping):
        return dict(DEFAULT)
    taken = {str(key) for key in value.values()}
    free = {name: "" if key in taken else key for name, key in DEFAULT.items()}
    return {action.name: str(value.get(action.name, free[action.name])) for action in ACTIONS}


def preset_of(chosen: Map) -> str | None:
    """Name the preset that a map is, ``None`` for a person's own."""
    return next((preset.name for preset in PRESETS if preset.keys == chosen), None)


def active(chosen: Map, mode: str, stage: str) -> Map:
    """Give key -> action at a stage that is screened in one way."""
    return {chosen[one.name]: one.name for one in ACTIONS if one.known(mode, stage) and chosen[one.name]}


def read(written: Mapping[str, str]) -> tuple[Map, dict[str, str]]:
    """Read what a person wrote per action; give the map, and a sentence for each action that cannot have its key.

    >>> read(DEFAULT | {"include": "Left arrow", "maybe": "7"})[1]["maybe"]
    '7 is no key to choose: digits choose reasons and criteria.'
    >>> read(DEFAULT | {"tag": "N"})[1]
    {'tag': 'N is already the key of: Note.'}
    """
    chosen, faults = {}, {}
    for action in ACTIONS:
        word = " ".join(written.get(action.name, "").split()).lower()
        key = _WRITTEN.get(word, word)
        chosen[action.name] = key
        if why := _unusable(key):
            faults[action.name] = f"{written[action.name].strip()} is no key to choose: {why}."
            continue
        for other in ACTIONS[: ACTIONS.index(action)]:
            together = None in (action.mode, other.mode) or action.mode == other.mode
            if key and chosen[other.name] == key and together:
                faults[action.name] = f"{shown(key).cap} is already the key of: {other.label}."
                break
    return chosen, faults


def _unusable(key: str) -> str | None:
    if not key or key in _NAMED:
        return None
    if key in _TAKEN:
        return _TAKEN[key]
    if len(key) > 1 or not key.isprintable():
        return "write one character, or Left, Right, Up, Down, Page up, Page down, Backspace, Delete"
    return "digits choose reasons and criteria" if key.isdecimal() else None
