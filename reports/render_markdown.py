"""Tables as Markdown pipe tables. Pure."""

from __future__ import annotations

import re

from reports.table import Table, shown

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&!@])")
_AT_START = re.compile(r"^([-+=>:]|\d+[.)](?=\s|$))")


def markdown(*blocks: Table) -> str:
    """Write tables, one below the other, as GitHub-flavoured Markdown; what could mean something is escaped."""
    return "\n".join(map(_written, blocks))


def _written(table: Table) -> str:
    return f"## {escaped(table.heading)}\n\n{pipes(table)}\n"


def pipes(table: Table) -> str:
    """Write the rows of a table and the notes below it, without its heading."""
    lines = [_row([escaped(c) for c in table.columns]), _row(["---"] * len(table.columns))]
    lines += [_row([escaped(shown(cell)) for cell in row]) for row in table.rows]
    for note in (table.note or "").splitlines():
        lines += ["", escaped(note)]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def escaped(text: str) -> str:
    """Escape a text for Markdown; line breaks become spaces, a lone + or - stays a sign."""
    one_line = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return one_line if one_line in ("+", "-", "±", "0") else _AT_START.sub(_guarded, one_line)


def _guarded(found: re.Match[str]) -> str:
    start = found[1]
    return f"{start[:-1]}\\{start[-1]}"
