"""Hide who the people of a review are: their names in whatever text become "Reviewer A", "Reviewer B". Pure.

What is found: names as people sign with them, and as the protocol says that they publish, in any spelling of accents
and apostrophes and, where they have two words or more, of capitals and gaps. What is not: a first name or a family name
alone (it may be the author of a paper), nicknames, initials, slips of the pen. ``Pseudonyms.left`` counts such words,
so that a person can look at them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import Any

from review.errors import StageError

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_HOME = re.compile(r"(?:/home/|/Users/|\b[A-Za-z]:[\\/]+Users[\\/]+)[^\s/\\\"']+")
_APOSTROPHES = "['\u2019\u2018\u02bc`\u00b4]"
_SHORTEST = 2
"""Letters of a name that can be told from other text."""


def labels(count: int) -> list[str]:
    """Give as many pseudonyms: A to Z, then AA, AB, …

    >>> labels(2), labels(28)[-1]
    (['Reviewer A', 'Reviewer B'], 'Reviewer AB')
    """
    found = []
    for number in range(count):
        letters, rest = "", number + 1
        while rest:
            rest, last = divmod(rest - 1, len(ascii_uppercase))
            letters = ascii_uppercase[last] + letters
        found.append(f"Reviewer {letters}")
    return found


def _spelt(name: str) -> str:
    """Give the pattern of a name in every spelling: accents in one character or two, any apostrophe; and of two words
    or more in any capitals and with any gap.

    A single word beside a number is no person: in May 2015, Lee (2014).
    """
    words = [
        re.sub(_APOSTROPHES, lambda _: _APOSTROPHES, rf"(?:{re.escape(composed)}|{re.escape(apart)})")
        for word in name.split()
        for composed, apart in [(unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word))]
    ]
    if len(words) == 1:
        return rf"(?<!\w)(?<!\d\s){words[0]}(?!\w)(?!,?\s\(?\d)"
    spelt = r"[\s_]+".join(words)
    return rf"(?<![^\W_])(?i:{spelt})(?![^\W_])"


@dataclass(frozen=True)
class Pseudonyms:
    """Name -> pseudonym: names that people sign with, and those that they publish under."""

    names: Mapping[str, str]

    @cached_property
    def _longest(self) -> list[str]:
        short = [name for name in self.names if sum(map(str.isalnum, name)) < _SHORTEST]
        if short:
            raise StageError(
                f"the name '{short[0]}' is too short to be told from other text",
                hint="without --public the archive holds names as they are",
            )
        return sorted(self.names, key=lambda name: (-len(name), name))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(f"({_spelt(name)})" for name in self._longest) or r"(?!)")

    def text(self, text: str) -> str:
        """Replace every name, every e-mail address, and every folder that is somebody's home.

        >>> Pseudonyms({"Ann Lee": "Reviewer A"}).text("ask ANN  Lee, not Annabel Leeds: a.lee@x.org, /home/al/x.ris")
        'ask Reviewer A, not Annabel Leeds: [e-mail], [home]/x.ris'
        """
        if "@" in text:
            text = _ADDRESS.sub("[e-mail]", text)
        text = _HOME.sub("[home]", text)
        return self._pattern.sub(lambda found: self.names[self._longest[(found.lastindex or 1) - 1]], text)

    def value(self, value: Any) -> Any:
        """Replace names in every text of a value made of lists and mappings; keys of mappings stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.value(one) for one in value]
        return value

    def left(self, texts: Iterable[str]) -> tuple[tuple[str, int], ...]:
        """Count the words of people's names that still stand in texts, once the names are replaced."""
        words = {
            word
            for name in self.names
            for word in re.findall(r"\w+", name)
            if len(word) >= _SHORTEST and (word == name or not word[0].islower()) and word != "Reviewer"
        }
        if not words:
            return ()
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(words)))})(?!\w)")
        counts = Counter(word for text in texts for word in pattern.findall(text))
        return tuple(sorted(counts.items()))
