"""The sign for each response of an instrument: a shape and a letter first, a tone second. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.appraised import BEYOND, NOT_JUDGED
from reports.characteristics import NOT_SETTLED
from reports.metrics import width
from reports.plots.canvas import Disc, Path, Rect, Shape, Words
from review.forms import MISSING, NOT_REPORTED, Instrument, Option

Form = Literal["disc", "square", "diamond", "ring", "cell", "bare"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign: its letter, the form around it and the tone of that; ``cell`` fills its cell, ``bare`` is no form."""

    letter: str
    form: Form
    tone: str


NONE = Mark("", "bare", "paper")
STATES: Mapping[str, Mark] = {
    **{label: Mark("*", "ring", "paper") for label in MISSING.values()},
    MISSING[NOT_REPORTED]: Mark("nr", "ring", "paper"),
    NOT_SETTLED: Mark("≠", "ring", "paper"),
    NOT_JUDGED: Mark("…", "ring", "paper"),
    BEYOND: Mark(BEYOND, "bare", "paper"),
}
"""Where there is no response: why not -> its sign, never the one of a response."""

_TONES = {
    "good": ("yes", "probably_yes", "include", "low_risk", "no_concerns", "low_concerns"),
    "unsure": ("cant_tell", "unclear", "seek_info", "some_concerns", "moderate", "minor", "no_information"),
    "bad": ("no", "probably_no", "exclude", "high_risk", "high_concerns", "serious", "critical", "very_low"),
}
_TONE_OF = {code: tone for tone, codes in _TONES.items() for code in codes}
_LETTERS = {"cant_tell": "?", "unclear": "?", "not_applicable": "NA", "no_information": "NI"}
_FORMS: Mapping[str, Form] = {"good": "disc", "unsure": "diamond", "bad": "square"}
_WORDS_ON = {"good": "on", "bad": "on", "first": "on", "unsure": "dark", "none": "dark", "paper": "quiet"}


def marks_of(instrument: Instrument) -> dict[str, Mark]:
    """Give label -> sign for every response and overall level of an instrument, and for what stands without one.

    A code that is not known to be good or bad gets a letter of its own in a pale disc: nothing is guessed. Of ``low``
    and ``high`` the first is the better: risk of bias begins with low, confidence with high.
    """
    options = {option.label: option for option in (*instrument.responses, *instrument.overall)}
    codes, letter = [option.code for option in options.values()], letters(tuple(options.values()))
    first = next((code for code in codes if code in ("low", "high")), None)
    ends = {"low": "bad", "high": "bad"} | ({first: "good"} if first else {})
    tones = {label: _TONE_OF.get(option.code, ends.get(option.code, "none")) for label, option in options.items()}
    return {**{label: _sign(letter[label], tone) for label, tone in tones.items()}, **STATES}


def letters(options: Sequence[Option]) -> dict[str, str]:
    """Give label -> a letter or two, no two alike.

    >>> letters([Option("yes", "Yes"), Option("probably_yes", "Probably yes"), Option("x", "Yet")])
    {'Yes': 'Y', 'Probably yes': 'PY', 'Yet': 'YE'}
    """
    given: dict[str, str] = {}
    for number, option in enumerate(options, start=1):
        words = "".join(c if c.isalnum() else " " for c in option.label).split() or [str(number)]
        initials = "".join(word[0] for word in words[:2])
        wanted = (_LETTERS.get(option.code, initials), initials, words[0][:2])
        free = (one.upper() for one in wanted if one.upper() not in given.values())
        given[option.label] = next(free, str(number))
    return given


def drawn(mark: Mark, x: float, y: float, r: float, size: float, cell: tuple[float, float] = (0, 0)) -> Iterator[Shape]:
    """Draw a sign around its centre; ``r`` is the radius, ``size`` of the letter, ``cell`` width and height."""
    w, h = cell
    if mark.form == "disc":
        yield Disc(x, y, r, mark.tone)
    elif mark.form == "ring":
        yield Disc(x, y, r - 0.5, mark.tone, "quiet")
    elif mark.form == "square":
        yield Rect(x - 0.92 * r, y - 0.92 * r, 1.84 * r, 1.84 * r, mark.tone, round=2)
    elif mark.form == "diamond":
        far = 1.12 * r
        yield Path(((x, y - far), (x + far, y), (x, y + far), (x - far, y)), fill=mark.tone)
    elif mark.form == "cell":
        yield Rect(x - w / 2 + 1, y - h / 2 + 1, w - 2, h - 2, mark.tone)
        size *= 1.25
    if mark.letter:
        plain = mark.form in ("ring", "bare")
        yield Words(x, y + 0.36 * size, mark.letter, size, "middle", bold=not plain, tone=on(mark.tone))


def on(tone: str) -> str:
    """Give the tone of words on a tone."""
    return _WORDS_ON.get(tone, "ink")


def radius(marks: Sequence[Mark], least: float, size: float) -> float:
    """Give the radius that holds every letter."""
    return max([least, *(width(mark.letter, size, bold=True) / 2 + 1.5 for mark in marks)])


def _sign(letter: str, tone: str) -> Mark:
    form = _FORMS.get(tone, "disc")
    return Mark(letter, "disc" if form == "diamond" and len(letter) > 1 else form, tone)
