"""What no XML document may hold (Word, Excel, SVG, HTML), and where a text runs from right to left.

Source: https://www.w3.org/TR/xml/#charsets, checked 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_RIGHT_TO_LEFT = re.compile(rf"([{_RTL}](?:[^\n{_RTL}A-Za-z]*[{_RTL}])*)")
"""From the first letter of a script that runs from right to left to the last one before a Latin letter."""


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text where its direction changes; each part with whether it runs from right to left.

    >>> list(runs("in \u05d3\u05d5 \u05e2\u05dc, see"))
    [('in ', False), ('\u05d3\u05d5 \u05e2\u05dc', True), (', see', False)]
    """
    return ((part, at % 2 == 1) for at, part in enumerate(_RIGHT_TO_LEFT.split(text)) if part)


def legal(text: str) -> str:
    """Drop control characters and lone surrogates.

    >>> legal("a\\x00b\\x1fc\\ud800")
    'abc'
    """
    return _ILLEGAL.sub("", text)
