"""Plain functions on text that every room needs: whitespace, markup, folding for comparison, plurals. No IO."""

from __future__ import annotations

import html
import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ufeff]")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]*(?:\s[^<>]*)?/?>")
_BLOCK = re.compile(r"</?(?:p|h[1-6]|div|br|li|sec|title|jats:(?:p|title|sec))(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PLURALS = ((re.compile("[^aeiou]y$"), "ies"), (re.compile("(?:ch|sh|s|x)$"), "es"))
_IRREGULAR = {"person": "people", "criterion": "criteria"}
_ASCII_PUNCTUATION = {code: " " for code in range(128) if not chr(code).isalnum()}


def tidy(value: str | None) -> str | None:
    """Collapse white space and drop control characters; nothing left is ``None``.

    >>> tidy("  a \\n b\\x00 "), tidy("  ")
    ('a b', None)
    """
    if not value:
        return None
    if value.isprintable():  # nearly all text is, and holds no control character and no white space but spaces then
        if "  " not in value and value[0] != " " and value[-1] != " ":
            return value
    else:
        value = _CONTROL.sub(" ", value)
    return " ".join(value.split()) or None


def plain(value: str | None) -> str | None:
    """Turn HTML, JATS or MathML into plain text: tags go, entities are decoded, blocks become spaces.

    >>> plain("<h4>Aim</h4><p>CO<sub>2</sub> &amp;lt; 5</p>")
    'Aim CO2 < 5'
    """
    if not value:
        return None
    if "<" not in value and "&" not in value:
        return tidy(value)
    text = _TAG.sub("", _BLOCK.sub(" ", value))
    for _ in range(2):  # PubMed and Europe PMC hold doubly escaped entities (facts/apis: "&lt;b&gt;", "&amp;#xa0;")
        text = html.unescape(text)
    return tidy(_TAG.sub("", _BLOCK.sub(" ", text)))


def fold(value: str | None) -> str:
    """Reduce text to lower-case words without accents or punctuation, for comparing; ``""`` when absent.

    >>> fold("Laloë, P-A: “Well-being”"), fold(None)
    ('laloe p a well being', '')
    """
    if not value:
        return ""
    if value.isascii():  # translate is many times faster where both text and table are ASCII
        return " ".join(value.casefold().translate(_ASCII_PUNCTUATION).split())
    return " ".join(value.translate(_FOLDED).split())


class _Folding(dict[int, str]):
    """A table of characters to their letters and digits without case and accents, filled as they are met."""

    def __missing__(self, code: int) -> str:
        # Compatibility letters (a double-struck S) become capitals only when decomposed, so they are folded twice.
        letters = chr(code)
        for _ in range(2):
            letters = unicodedata.normalize("NFKD", letters.casefold())
        self[code] = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
        return self[code]


_FOLDED = _Folding()


def many(n: int, noun: str) -> str:
    """Give a number with its noun, which is put into the plural when it is not one.

    >>> many(1, "duplicate"), many(0, "study"), many(1200, "match"), many(2, "day"), many(2, "person")
    ('1 duplicate', '0 studies', '1,200 matches', '2 days', '2 people')
    """
    if n == 1:
        return f"1 {noun}"
    if noun in _IRREGULAR:
        return f"{n:,} {_IRREGULAR[noun]}"
    ending = next((plural for singular, plural in _PLURALS if singular.search(noun)), "s")
    return f"{n:,} {noun.removesuffix('y') if ending == 'ies' else noun}{ending}"


def words(value: str | None) -> list[str]:
    """Split into folded words.

    >>> words("Ment-oring, 2014")
    ['ment', 'oring', '2014']
    """
    return fold(value).split()
