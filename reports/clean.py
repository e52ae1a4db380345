"""Take out of a text what no XML document may hold (Word, Excel, SVG, HTML); nothing else is changed.

Source: https://www.w3.org/TR/xml/#charsets, checked 2026-11-22.
"""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """Drop control characters and lone surrogates.

    >>> legal("a\\x00b\\x1fc\\ud800")
    'abc'
    """
    return _ILLEGAL.sub("", text)
