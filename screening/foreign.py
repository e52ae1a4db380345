"""Finished screening of other tools as votes: what each tool calls them, and where it writes them.

Forms, checked 2026-11-22. None of the tools documents its whole export, so the sources are their own pages and public
programs that read the files.

- Rayyan (CSV, RIS, BibTeX): everything in the notes, ``RAYYAN-INCLUSION: {"Ann"=>"Included", "Ben"=>"Maybe"} |
  RAYYAN-LABELS: a,b | RAYYAN-EXCLUSION-REASONS: c,d | USER-NOTES: {"Ann"=>["text"]}``. Reasons have no person
  (https://github.com/befriendabacterium/rayyanR; https://github.com/agbarnett/publication_preferences,
  ``0_read_rayyan.R``).
- Covidence (CSV, RIS): one file per list, ``review_NUMBER_LIST_csv_TIME.csv``, the columns ``Title, Authors, Abstract,
  Published Year, …, DOI, Ref, Covidence #, Study, Notes, Tags``; the reason stands in the notes, ``Exclusion reason:
  Wrong study design;``. No person is named. *select* are the reports that passed title and abstract. At title and
  abstract it knows no reasons (https://support.covidence.org/help/does-covidence-record-exclusion-reasons-at-the-title-
  and-abstract-screening-stage).
- ASReview: columns ``asreview_label`` (1, 0, empty), ``asreview_note``, ``asreview_user_name``, ``asreview_time``;
  before version 2 ``included`` (1, 0, -1 or empty); in RIS the notes ``ASReview_relevant``, ``ASReview_irrelevant``,
  ``ASReview_not_seen`` and ``asreview_user_name: "Ann"`` (https://asreview.readthedocs.io/en/stable/lab/progress.html,
  https://github.com/asreview/asreview/pull/1639).
- EPPI-Reviewer (JSON of coded references): ``CodeSets`` hold a tree of ``Attributes.AttributesList`` with
  ``AttributeId, AttributeName, AttributeType``; ``References[].Codes[]`` name the ids, with ``AdditionalText``
  (https://github.com/infoqualitylab/Empirical-Retraction-Lit). Who coded does not stand in it.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.errors import DecisionError
from review.formats.decode import decode
from review.formats.losses import Losses
from review.protocol import STAGES, Stage
from review.text import tidy
from screening.locating import Line
from screening.tables import Sheet

LISTS: Mapping[str, tuple[tuple[Stage, str], ...]] = {
    "irrelevant": (("title-abstract", "exclude"),),
    "select": (("title-abstract", "include"),),
    "excluded": (("title-abstract", "include"), ("full-text", "exclude")),
    "included": (("title-abstract", "include"), ("full-text", "include")),
}
"""Covidence's lists, and what was decided about a report in one: what came to full text had passed before."""
_LIST_NAME = re.compile(rf"_({'|'.join(LISTS)})_[a-z]+_\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Claim:
    """One vote as a file tells it; ``person`` as the file names it (``""``: nobody), ``reasons`` as it words them.

    ``stood`` is a vote of our own export, which was checked when it was cast; ``criteria`` and ``tags`` are its cells.
    """

    row: int
    where: Line
    person: str
    stage: str
    verdict: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    stood: bool = False
    criteria: str = ""
    tags: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user says about a file: its name, the stage its votes are of, and which list of Covidence's it is."""

    name: str = ""
    stage: Stage | None = None
    list: str | None = None


Problem = tuple[int, str]
"""A row whose vote cannot be read, and why."""


def claims(sheet: Sheet, wanted: Wanted, losses: Losses) -> list[Claim | Problem] | None:
    """Give the votes of a file of another tool, or ``None`` when it is none that is known.

    Raises
    ------
    DecisionError
        The file does not say which stage, or which list, it is, and neither does the user.
    """
    notes = [row["notes"] for row in sheet.rows.values()]
    named = _LIST_NAME.search(wanted.name)
    if wanted.list or named or "covidence #" in sheet.columns:
        return _read(_covidence(sheet, wanted, wanted.list or (named and named[1].casefold()), losses), losses)
    if any("RAYYAN-" in note for note in notes):
        return _read(_rayyan(sheet, _stage(wanted), losses), losses)
    if {"asreview_label", "included"} & sheet.columns or any("ASReview_" in note for note in notes):
        return _read(_asreview(sheet, _stage(wanted)), losses)
    return None


def _read(found: Iterator[Claim | Problem | None], losses: Losses) -> list[Claim | Problem]:
    """Leave out the rows without any vote, and say how many they are."""
    every = list(found)
    if silent := every.count(None):
        losses.add(f"{silent} records of the file carry no decision")
    return [one for one in every if one is not None]


def _stage(wanted: Wanted) -> Stage:
    if wanted.stage is None:
        raise DecisionError(
            "the file does not say of which stage its decisions are; nothing was taken",
            hint=f"say it: --stage {STAGES[0]} or --stage {STAGES[1]}",
        )
    return wanted.stage


# -- Rayyan

_PART = re.compile(r"(RAYYAN-INCLUSION|RAYYAN-LABELS|RAYYAN-EXCLUSION-REASONS|USER-NOTES)\s*:\s*")
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:=>|:)\s*"((?:[^"\\]|\\.)*)"')
_LISTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:=>|:)\s*\[((?:[^"\]]|"(?:[^"\\]|\\.)*")*)\]')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RAYYAN = {"included": "include", "excluded": "exclude", "maybe": "maybe"}


def _rayyan(sheet: Sheet, stage: Stage, losses: Losses) -> Iterator[Claim | Problem | None]:
    for number, row in sheet.rows.items():
        parts = _rayyan_parts(row["notes"])
        votes = dict(_PAIR.findall(parts["RAYYAN-INCLUSION"]))
        reasons = tuple(r.strip() for r in parts["RAYYAN-EXCLUSION-REASONS"].split(",") if r.strip())
        own = {_plain(who): [_plain(n) for n in _QUOTED.findall(some)] for who, some in
               _LISTED.findall(parts["USER-NOTES"])}  # fmt: skip
        excluding = [who for who, said in votes.items() if said.casefold() == "excluded"]
        if reasons and len(excluding) > 1:
            losses.add("several people excluded and Rayyan does not say whose the reasons are: "
                       "all were given to each", f"row {number}")  # fmt: skip
        if parts["RAYYAN-INCLUSION"] and not votes:
            yield number, f"the decision cannot be read: {parts['RAYYAN-INCLUSION'][:80]}"
            continue
        if not votes:
            yield None
        where = _rayyan_where(row)
        for who, said in votes.items():
            verdict = _RAYYAN.get(said.casefold())
            if verdict is None:
                yield number, f"'{said}' is no decision of Rayyan's"
                continue
            note = [*own.get(_plain(who), ())]
            note += [f"Rayyan labels: {parts['RAYYAN-LABELS']}"] if parts["RAYYAN-LABELS"] else []
            note += [f"Rayyan reasons: {', '.join(reasons)}"] if reasons and not excluding else []
            given = reasons if verdict == "exclude" else ()
            yield Claim(number, where, _plain(who), stage, verdict, given, "\n".join(note))


def _rayyan_parts(notes: str) -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    marks = list(_PART.finditer(notes))
    for mark, after in itertools.zip_longest(marks, marks[1:]):
        found[mark[1]] = notes[mark.end() : after.start() if after else None].strip(" |\n")
    return found


def _rayyan_where(row: Line) -> Line:
    return {**row, "pmid": row.get("pubmed_id") or row.get("pmid") or "", "doi": row.get("doi") or row.get("url") or "",
            "report": ""}  # fmt: skip


def _plain(text: str) -> str:
    return tidy(re.sub(r"\\(.)", r"\1", text)) or ""


# -- Covidence

_REASON = re.compile(r"Exclusion reason:\s*([^;\n]+)", re.IGNORECASE)


def _covidence(sheet: Sheet, wanted: Wanted, which: str | None, losses: Losses) -> Iterator[Claim | Problem | None]:
    if which is None:
        raise DecisionError(
            "a file of Covidence's holds one list and does not say which; nothing was taken",
            hint=f"say it: --list {' or --list '.join(LISTS)}",
        )
    if sheet.rows:
        losses.add("a list of Covidence's holds the agreed outcome, not who voted: each counts as one person's vote")
    for number, row in sheet.rows.items():
        where = {**row, "year": row.get("published year") or row.get("year") or "", "report": ""}
        found = tuple(filter(None, (tidy(reason) for reason in _REASON.findall(row["notes"]))))
        rest = tidy(_REASON.sub("", row["notes"]).replace(";", " ")) if row["notes"] else None
        note = [rest] if rest and not sheet.records else []  # notes of records are the database's
        note += [f"Covidence tags: {row['tags']}"] if row.get("tags") else []
        for stage, verdict in LISTS[which]:
            if wanted.stage in (None, stage):
                last = stage == LISTS[which][-1][0]
                given = found if verdict == "exclude" else ()
                yield Claim(number, where, "", stage, verdict, given, "\n".join(note) if last else "")


# -- ASReview

_LABELS = {"1": "include", "0": "exclude", "1.0": "include", "0.0": "exclude"}
_SILENT = frozenset({"", "-1", "-1.0", "nan", "none"})
_TAGS = {"ASReview_relevant": "1", "ASReview_irrelevant": "0"}
_TAGGED = re.compile(r"\bASReview_(?:relevant|irrelevant|not_seen)\b")
_VARIABLE = re.compile(r'^asreview_(user_name|note|label):\s*("(?:[^"\\]|\\.)*"|\S+)', re.MULTILINE)


def _asreview(sheet: Sheet, stage: Stage) -> Iterator[Claim | Problem | None]:
    for number, row in sheet.rows.items():
        said = dict(_VARIABLE.findall(row["notes"])) if sheet.records else {}
        tags = [_TAGS[tag] for tag in _TAGGED.findall(row["notes"]) if tag in _TAGS]
        label = tags[-1] if tags else row.get("asreview_label") or row.get("included") or ""
        where = {**row, "year": row.get("year") or row.get("publication_year") or "", "report": ""}
        who = row.get("asreview_user_name") or _string(said.get("user_name"))
        note = row.get("asreview_note") or row.get("exported_notes") or _string(said.get("note"))
        if label.casefold() in _SILENT:
            yield None
        elif label not in _LABELS:
            yield number, f"the label '{label[:40]}' is neither 1 nor 0"
        else:
            yield Claim(number, where, who, stage, _LABELS[label], (), note)


def _string(written: str | None) -> str:
    """Read a text as ASReview writes it into a note: as JSON; ``null`` is none."""
    try:
        value = json.loads(written or '""')
    except ValueError:
        return written or ""
    return value if isinstance(value, str) else ""


# -- EPPI-Reviewer


@dataclass(frozen=True, slots=True)
class _Code:
    """A code that decides: its verdict, the stage of its code set (when its name tells), and what it says."""

    verdict: str
    stage: Stage | None
    text: str


def eppi_claims(data: bytes, wanted: Wanted, losses: Losses) -> list[Claim | Problem] | None:
    """Give the votes of EPPI-Reviewer's JSON of coded references, or ``None`` when the file is none.

    A code decides when its type, or the first word of its name, is include or exclude.
    """
    if not data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        tree = json.loads(decode(data, losses))
    except (ValueError, RecursionError) as error:
        raise DecisionError(
            "the file begins like JSON but is damaged; nothing was taken", hint="export it again"
        ) from (error)
    if not isinstance(tree, dict) or not isinstance(tree.get("References"), list):
        return None
    codes = dict(_codes(tree.get("CodeSets")))
    return _read(_eppi(tree["References"], codes, wanted), losses)


def _codes(sets: object) -> Iterator[tuple[int, _Code]]:
    for one in sets if isinstance(sets, list) else []:
        name = str(_get(one, "SetName")).casefold()
        stage: Stage | None = None
        if "full" in name:
            stage = "full-text"
        elif "title" in name or "abstract" in name:
            stage = "title-abstract"
        open_ = [_get(one, "Attributes")]
        while open_:
            for attribute in _list(open_.pop(), "AttributesList"):
                open_.append(_get(attribute, "Attributes"))
                text = tidy(str(_get(attribute, "AttributeName") or "")) or ""
                for word in (str(_get(attribute, "AttributeType") or ""), text):
                    verdict = next((v for v in ("include", "exclude") if word.casefold().startswith(v)), None)
                    if verdict and isinstance(number := _get(attribute, "AttributeId"), int):
                        yield number, _Code(verdict, stage, text)
                        break


def _get(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(value: object, key: str) -> list[Any]:
    found = _get(value, key)
    return found if isinstance(found, list) else []


_ON = re.compile(r"^excluded?\s*(?:on|for|:|-)?\s*", re.IGNORECASE)


def _eppi(references: list[Any], codes: Mapping[int, _Code], wanted: Wanted) -> Iterator[Claim | Problem | None]:
    for number, one in enumerate(references, start=1):
        given = [(codes[key], _get(c, "AdditionalText")) for c in _list(one, "Codes")
                 if isinstance(key := _get(c, "AttributeId"), int) and key in codes]  # fmt: skip
        where = {"title": _get(one, "Title"), "year": _get(one, "Year"), "doi": _get(one, "DOI")}
        line = defaultdict(str, {key: tidy(str(value)) or "" for key, value in where.items() if value})
        by_stage: dict[Stage, list[tuple[_Code, Any]]] = defaultdict(list)
        for code, text in given:
            by_stage[code.stage or _stage(wanted)].append((code, text))
        if not by_stage:
            yield None
        for stage, some in by_stage.items():
            verdicts = {code.verdict for code, _ in some}
            if wanted.stage not in (None, stage):
                continue
            if len(verdicts) > 1:
                yield number, f"coded as both include and exclude at {stage}"
                continue
            verdict = verdicts.pop()
            reasons = tuple(filter(None, (_ON.sub("", code.text) for code, _ in some))) if verdict == "exclude" else ()
            note = "\n".join(text.strip() for _, text in some if isinstance(text, str) and text.strip())
            yield Claim(number, line, "", stage, verdict, reasons, note)
