"""Read what the flow diagram says from the table of one language. No counts here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

NBSP = "\u00a0"


@cache
def wording(language: str = "en") -> Mapping[str, Any]:
    """Give the wording table of a language (``reports/wording/<language>.toml``)."""
    table: Mapping[str, Any] = tomllib.loads((files("reports") / "wording" / f"{language}.toml").read_text("utf-8"))
    return table


def number(n: int | None) -> str:
    """Write a count; an unknown one is said to be not reported.

    >>> number(4669), number(0), number(None)
    ('4,669', '0', 'not reported')
    """
    return str(wording()["not_reported"]) if n is None else f"{n:,}"


def counted(label: str, n: int | None, mark: str = "") -> str:
    """Write a label with its count as PRISMA does, the count never broken over two lines.

    >>> counted("Records screened", 4628, "*").replace(NBSP, " ")
    'Records screened* (n = 4,628)'
    """
    return f"{label}{mark} " + f"(n = {number(n)})".replace(" ", NBSP)
