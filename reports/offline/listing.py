"""Every record once, with where it ended and which boxes of the flow count it, and the log of what was decided.

Values in columns, packed small enough to travel inside a page. People are shown by pseudonyms; no SQL here.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from reports.clean import legal
from reports.flow.counts import OTHER_BOXES, Source, State, Terminal
from reports.offline import listing_rows
from reports.offline.listing_rows import Found, Said
from reports.words import wording
from review.protocol import Protocol

STATES: Mapping[State, str] = {
    "included": "Included",
    "excluded_full_text": "Excluded at full text",
    "not_retrieved": "Full text not retrieved",
    "open_report": "To be assessed at full text",
    "excluded_title_abstract": "Excluded on title and abstract",
    "open_record": "To be screened",
    "not_screened": "Not screened",
    "removed": "Removed before screening",
    "duplicate": "Duplicate",
}
"""Where a record ended, in the words of the page; what matters most to a reader first."""
STAGES = {"title-abstract": "Title and abstract", "full-text": "Full text"}


class Words:
    """Texts that many rows share, each kept once; a row holds its number. 0 is no text."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Begin with texts whose order matters."""
        self._at: dict[str | None, int] = {text: n for n, text in enumerate((None, *known))}

    def at(self, text: str | None) -> int:
        """Give the number of a text."""
        return self._at.setdefault(text, len(self._at))

    @property
    def texts(self) -> list[str | None]:
        """All texts, by number."""
        return list(self._at)


@dataclass(frozen=True, slots=True)
class Listing:
    """Every record once, in columns (n_records each, by ascending id).

    Parameters
    ----------
    terminals : sequence of Terminal
        Record, search, report (``root``), state, reason's code and study of every record.
    titles, who, years, dois
        As the record's own source gives them; ``None`` when it does not. ``who`` is "Eisen et al.".
    sources : mapping
        Search -> its source's label and kind.
    reasons, studies, labels : mapping
        Reason's code -> text; study's key -> label; click key -> what people call that box.
    keys : mapping
        Click key -> records that its box counts (``reports.flow.members``); ``study:<key>`` -> records of that study,
        with their duplicates.
    """

    terminals: Sequence[Terminal]
    titles: Sequence[str | None]
    who: Sequence[str | None]
    years: Sequence[int | None]
    dois: Sequence[str | None]
    sources: Mapping[int, tuple[str, str]]
    reasons: Mapping[str, str]
    studies: Mapping[str, str]
    labels: Mapping[str, str]
    keys: Mapping[str, tuple[int, ...]]


Entry = tuple[int, str, str, str | None, str, str | None]
"""What was decided on a record: (record, at, what, reason's text, who by pseudonym, further words)."""


def listing(
    connection: Connection,
    protocol: Protocol,
    terminals: Sequence[Terminal],
    sources: Sequence[Source],
    studies: Mapping[str, str],
    *,
    keys: Mapping[str, tuple[int, ...]],
) -> Listing:
    """List every record of a review.

    ``studies`` gives key -> label of the included ones; ``keys`` what ``members`` lists.
    """
    titles, who, years, dois = [], [], [], []
    for one in listing_rows.found(connection):
        titles.append(one.title)
        who.append(_who(one))
        years.append(int(one.date[:4]) if one.date else None)
        dois.append(one.doi)
    reasons = _reasons(protocol)
    keys = {**keys, **_of_studies(terminals)}
    labels = {key: _label(key, reasons, {s.source: s.label for s in sources}, studies) for key in keys}
    return Listing(
        terminals=terminals,
        titles=titles,
        who=who,
        years=years,
        dois=dois,
        sources={s.id: (s.label, s.kind) for s in sources},
        reasons=reasons,
        studies=studies,
        labels={legal(key): label for key, label in labels.items()},
        keys={legal(key): records for key, records in keys.items()},  # as a drawing can hold it
    )


def decisions(connection: Connection, protocol: Protocol) -> tuple[Entry, ...]:
    """Give the log of what was decided on records: one entry per event and record, in the order of time."""
    people = listing_rows.pseudonyms(connection)
    return tuple(_log(listing_rows.said(connection), _reasons(protocol), people))


def _reasons(protocol: Protocol) -> dict[str, str]:
    return {r.code: r.text for stage in (protocol.title_abstract, protocol.full_text) for r in stage.reasons}


def embedded(one: Listing, log: Sequence[Entry] = ()) -> str:
    """Pack a listing, and the log, for a page: base64 of gzipped JSON, the same text for the same values.

    The page's script (static/records.js) unpacks it. Columns of numbers hold differences, texts that repeat are held
    once, and for each record the number of the set of click keys that it has.
    """
    words = {name: Words() for name in ("reason", "study", "source", "act", "person", "more")}
    words["state"] = Words(STATES.values())
    named, sets = _sets(one)
    records = {
        "id": _steps(t.record for t in one.terminals),
        "root": [t.root - t.record for t in one.terminals],
        "title": one.titles, "who": one.who, "year": one.years, "doi": one.dois,
        "source": [words["source"].at(one.sources[t.search][0]) for t in one.terminals],
        "search": [t.search for t in one.terminals],
        "state": [words["state"].at(STATES[t.state]) for t in one.terminals],
        "reason": [words["reason"].at(_reason(t, one.reasons)) for t in one.terminals],
        "study": [words["study"].at(_study(t, one.studies)) for t in one.terminals],
        "keys": sets,
    }  # fmt: skip
    entries = {
        "record": _steps(entry[0] for entry in log),
        "at": _steps(_seconds(entry[1]) for entry in log),
        "act": [words["act"].at(entry[2]) for entry in log],
        "reason": [words["reason"].at(entry[3]) for entry in log],
        "person": [words["person"].at(entry[4]) for entry in log],
        "more": [words["more"].at(entry[5]) for entry in log],
    }
    texts = {name: some.texts for name, some in words.items()}
    whole = {"records": records, "log": entries, "texts": texts, "sets": named, "labels": one.labels}
    plain = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(plain, 6, mtime=0)).decode()


def _who(one: Found) -> str | None:
    names = [author.partition(",")[0].strip() for author in one.authors[:3]]
    if not names:
        return None
    return names[0] + (" et al." if len(names) > 2 else f" and {names[1]}" if len(names) == 2 else "")


def _of_studies(terminals: Sequence[Terminal]) -> dict[str, tuple[int, ...]]:
    """Give ``study:<key>`` -> its records: what a click on a study in a figure lists."""
    of = {t.root: _key(t) for t in terminals if t.state == "included"}
    records: dict[str, list[int]] = defaultdict(list)
    for t in terminals:
        if t.root in of:
            records[f"{_STUDY}{of[t.root]}"].append(t.record)
    return {key: tuple(some) for key, some in records.items()}


_STUDY = "study:"


def _label(key: str, reasons: Mapping[str, str], sources: Mapping[str, str], studies: Mapping[str, str]) -> str:
    """Name a box as the diagram does, the second column's apart; footnotes have names of their own."""
    if key.startswith(_STUDY):
        return studies.get(key.removeprefix(_STUDY), key)
    box, split, code = key.partition(":")
    label = str(_FOOTNOTES.get(box) or wording()["boxes"].get(box, box))
    if box.startswith("other_") and box not in (*_FOOTNOTES, *OTHER_BOXES.values()):
        label += ", other methods"
    none = wording()["reasons"]["none"]
    return f"{label}: {reasons.get(code) or sources.get(code) or code or none}" if split else label


_FOOTNOTES = {
    "excluded_by_people": "Records excluded by people",
    "excluded_by_automation": "Records excluded by automation tools",
    "known_already": "Found by other methods, known already from databases or registers",
    "repeated": "Found more than once by other methods",
    "found_late": "Duplicates found after screening had begun",
    "of_earlier_studies": "Reports of studies in the previous version of the review",
    "open_records": "Records still to be screened",
    "open_reports": "Reports still to be assessed",
    "open_other_records": "Records still to be screened, other methods",
    "open_other_reports": "Reports still to be assessed, other methods",
    "other_removed": "Records removed before screening, other methods",
    "other_not_screened": "Records not screened, other methods",
    "other_screened_out": "Excluded on title and abstract, other methods",
}
"""Click key of what a footnote, or a part of a box, counts -> its name in the list of records."""


def _reason(t: Terminal, reasons: Mapping[str, str]) -> str | None:
    return None if t.reason is None else reasons.get(t.reason, t.reason)


def _study(t: Terminal, studies: Mapping[str, str]) -> str | None:
    return studies.get(_key(t)) if t.state == "included" else None


def _key(t: Terminal) -> str:
    """Give the key of an included report's study: a report that is joined to none is one of its own."""
    return t.study or f"report {t.root}"


def _sets(one: Listing) -> tuple[list[list[str]], list[int]]:
    """Give the different sets of click keys, and for each record the number of its own."""
    of: dict[int, list[str]] = defaultdict(list)
    for key, records in one.keys.items():
        for record in records:
            of[record].append(key)
    known: dict[tuple[str, ...], int] = {}
    numbers = [known.setdefault(tuple(of[t.record]), len(known)) for t in one.terminals]
    return [list(keys) for keys in known], numbers


def _steps(numbers: Iterable[int]) -> list[int]:
    """Give each number as its difference to the one before.

    >>> _steps([5, 6, 9])
    [5, 1, 3]
    """
    last, steps = 0, []
    for number in numbers:
        steps.append(number - last)
        last = number
    return steps


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).astimezone(UTC).timestamp())


def _log(events: Iterable[Said], reasons: Mapping[str, str], people: Mapping[str, str]) -> Iterator[Entry]:
    for event in events:
        payload, who = event.payload, people[event.person]
        if "reports" not in payload:
            codes = payload.get("reasons") or ()
            why = "; ".join(reasons.get(code, code) for code in codes) or None
            yield payload["report"], event.at, _act(event), why, who, None
            continue
        for report in payload["reports"]:
            others = ", ".join(f"#{other}" for other in payload["reports"] if other != report)
            yield report, event.at, _act(event), None, who, _with(others, payload)


def _act(event: Said) -> str:
    payload: Mapping[str, Any] = event.payload
    match event.kind:
        case "decision":
            said = "vote taken back" if payload["verdict"] == "cleared" else payload["verdict"]
            return f"{STAGES[payload['stage']]}: {said}"
        case "resolution":
            return f"{STAGES[payload['stage']]}: conflict resolved, {payload['verdict']}"
        case "retrieval":
            return f"Full text: {payload['outcome'].replace('_', ' ')}"
        case "pair":
            return f"Compared: {_PAIRS.get(payload['verdict'], payload['verdict'])}"
        case _:
            return "Merged as duplicates" if event.kind == "merge" else "Split from duplicates"


_PAIRS = {"same": "the same report", "different": "different reports", "study": "reports of one study",
          "cleared": "verdict taken back"}  # fmt: skip


def _with(others: str, payload: Mapping[str, Any]) -> str | None:
    rule = f" (rule: {payload['rule']})" if payload.get("rule") else ""
    return f"with {others}{rule}" if others else None
