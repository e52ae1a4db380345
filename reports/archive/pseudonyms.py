"""Hide who the people of a review are: their names in whatever text become "Reviewer A", "Reviewer B". Pure.

What is found: names as people sign with them, and as the protocol says that they publish, in any spelling of capitals
and white space where they have two words or more. What is not: a first name or a family name alone (it may be the
author of a paper), nicknames, initials, slips of the pen. ``Pseudonyms.left`` counts such words, so that a person can
look at them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase
from typing import Any

from review.errors import StageError

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
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


@dataclass(frozen=True)
class Pseudonyms:
    """Name -> pseudonym: names that people sign with, and those that they publish under."""

    names: Mapping[str, str]

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        short = [name for name in self.names if sum(map(str.isalnum, name)) < _SHORTEST]
        if short:
            raise StageError(
                f"the name '{short[0]}' is too short to be told from other text",
                hint="without --public the archive holds names as they are",
            )
        longest = sorted(self.names, key=lambda name: (-len(name), name))
        spelt = "|".join(
            (f"(?i:{words})" if len(name.split()) > 1 else words)
            for name in longest
            for words in [r"\s+".join(re.escape(word) for word in name.split())]
        )
        return re.compile(rf"(?<!\w)(?:{spelt})(?!\w)") if spelt else None

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {" ".join(name.split()).casefold(): label for name, label in self.names.items()}

    def text(self, text: str) -> str:
        """Replace every name, and every e-mail address.

        >>> Pseudonyms({"Ann Lee": "Reviewer A"}).text("ask ANN  Lee, not Annabel Leeds: a.lee@x.org")
        'ask Reviewer A, not Annabel Leeds: [e-mail]'
        """
        if "@" in text:
            text = _ADDRESS.sub("[e-mail]", text)
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._folded[" ".join(found[0].split()).casefold()], text)

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
            if len(word) >= _SHORTEST and word[0].isupper() and word != "Reviewer"
        }
        if not words:
            return ()
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(words)))})(?!\w)")
        counts = Counter(word for text in texts for word in pattern.findall(text))
        return tuple(sorted(counts.items()))
