"""Read TOML tables key by key, noting every fault instead of stopping at the first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from review.errors import Fault

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HEADER = re.compile(r"^\s*\[\[?\s*([^\[\]=]+?)\s*\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"'-]+(?:\s*\.\s*[A-Za-z0-9_\"'-]+)*)\s*=")
_SECRETS = ("password", "passwd", "secret", "token", "api_key", "apikey", "key", "database", "database_url")


@dataclass(slots=True)
class Notes:
    """Every fault met so far, each with the line of its key where it can be found in the text."""

    text: str
    faults: list[Fault] = field(default_factory=list)

    def add(self, where: str, what: str, hint: str | None = None) -> None:
        """Note a fault at a key path such as ``limits.from``."""
        line = _line(self.text, where)
        self.faults.append(Fault(f"line {line}, {where}" if line else where, what, hint, line))


def _line(text: str, where: str) -> int | None:
    """Find the line of a key path such as ``sections[2].fields[1].type``: of the key, else of what it stands in."""
    lines = _lines(text)
    parts = where.split(".")
    for depth in range(len(parts), 0, -1):
        path = ".".join(parts[:depth])
        line = lines.get(path) or lines.get(re.sub(r"\[\d+\]$", "", path))
        if line is not None:
            return line
    return None


def _lines(text: str) -> dict[str, int]:
    """Give the line of every header, every key and every ``{ … }`` on a line of its own, by its key path.

    Of several with one path it is the first.
    """
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = listed = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _table(header[1], header[0].lstrip().startswith("[["), counts)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = ".".join(part.strip(" \"'") for part in key[1].split("."))
            listed = f"{table}.{path}" if table else path
            found.setdefault(listed, number)
        elif line.lstrip().startswith("{"):
            counts[listed] = counts.get(listed, 0) + 1
            found.setdefault(f"{listed}[{counts[listed]}]", number)
    return found


def _table(header: str, listed: bool, counts: dict[str, int]) -> str:
    """Give the key path of a header, with the number of each list of tables in it as far as it is counted."""
    path = ""
    names = [name.strip(" \"'") for name in header.split(".")]
    for at, name in enumerate(names, start=1):
        path = f"{path}.{name}" if path else name
        if listed and at == len(names):
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def meant(word: str, known: Iterable[str]) -> str | None:
    """Suggest the known word that was perhaps meant."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else None


@dataclass(slots=True)
class Reader:
    """One TOML table being read; every key asked for is known, ``close`` reports the others."""

    table: Mapping[str, Any]
    path: str
    notes: Notes
    known: list[str] = field(default_factory=list)

    def where(self, key: str) -> str:
        """Give the key path of a key of this table."""
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, what: str, hint: str | None = None) -> None:
        """Note a fault at a key of this table."""
        self.notes.add(self.where(key), what, hint)

    def _take(self, key: str, kind: type, words: str, *, required: bool = False) -> Any:
        self.known.append(key)
        value = self.table.get(key)
        if value is None:
            if required:
                self.notes.add(self.path or key, f"'{key}' is missing", f"add {key} = …")
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.fault(key, f"must be {words}, not {value!r}")
            return None
        return value

    def text(self, key: str, *, required: bool = False) -> str | None:
        """Read a text; an empty one counts as absent."""
        value = self._take(key, str, "a text in quotes", required=required)
        if value is not None and not value.strip():
            if required:
                self.fault(key, "is empty", "fill it in")
            return None
        return self._shown(key, value) if value else None

    def _shown(self, key: str, value: str) -> str:
        """Give a text without spaces around it; note a character that can be neither shown nor put into a table."""
        if _CONTROL.search(value):
            self.fault(key, "holds a control character", "take out what stands there as \\u00…")
        return value.strip()

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Read a list of texts."""
        value = self._take(key, list, "a list of texts", required=required)
        if value is None:
            return ()
        if not all(isinstance(v, str) and v.strip() for v in value):
            self.fault(key, "every entry must be a text in quotes, and none empty")
            return ()
        if required and not value:
            self.fault(key, "is an empty list", "give at least one entry")
        return tuple(self._shown(key, v) for v in value)

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """Read a whole number between two bounds."""
        value = self._take(key, int, "a whole number")
        if value is None:
            return default
        if not low <= value <= high:
            self.fault(key, f"must be from {low} to {high}, not {value}")
            return default
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        """Read true or false."""
        value = self._take(key, bool, "true or false")
        return default if value is None else bool(value)

    def choice(self, key: str, options: Iterable[str], default: str) -> str:
        """Read one of several words."""
        value = self.text(key)
        return default if value is None else (self.one_of(key, value, options) or default)

    def one_of(self, key: str, value: str, options: Iterable[str]) -> str | None:
        """Check that a word is one of several; note a fault and give ``None`` when not."""
        options = tuple(options)
        if value in options:
            return value
        self.fault(key, f"'{value}' is not one of: {', '.join(options)}", meant(value, options))
        return None

    def table_of(self, key: str) -> Reader:
        """Read a sub-table; an absent one is empty."""
        value = self._take(key, dict, "a table")
        return Reader(value or {}, self.where(key), self.notes)

    def named(self, key: str) -> list[tuple[str, Reader]]:
        """Read the sub-tables of a table, each with its name: ``[concepts.mentoring]``."""
        value = self._take(key, dict, "tables with names")
        entries: list[tuple[str, Reader]] = []
        for name, sub in (value or {}).items():
            if isinstance(sub, dict):
                entries.append((name, Reader(sub, f"{self.where(key)}.{name}", self.notes)))
            else:
                self.notes.add(f"{self.where(key)}.{name}", "must be a table", f"write [{self.where(key)}.{name}]")
        return entries

    def free(self, key: str) -> Reader:
        """Read a sub-table whose keys are the user's own: none of them is unknown."""
        table = self.table_of(key)
        table.known.extend(table.table)
        return table

    def listed(self, key: str) -> list[Reader]:
        """Read a list of tables: ``[[team]]``."""
        value = self._take(key, list, "a list of tables")
        if value is not None and not all(isinstance(v, dict) for v in value):
            self.fault(key, "every entry must be a table", f"write [[{self.where(key)}]] or {{ … }}")
            return []
        return [Reader(v, f"{self.where(key)}[{i}]", self.notes) for i, v in enumerate(value or (), start=1)]

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.table:
            if key in self.known:
                continue
            if key.lower() in _SECRETS:
                self.fault(
                    key,
                    "secrets and database addresses do not belong into a protocol, which is published",
                    "set the environment variable instead (REVIEW_DATABASE; keys: docs/sources.md)",
                )
            else:
                self.fault(key, f"there is no '{key}' here", meant(key, self.known))
