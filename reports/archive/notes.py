"""What an archive says of itself to people: README.md, LICENSE, CITATION.cff. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from review.store.withheld import Withheld
from review.text import many

_LICENCES = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0 International",
                  "https://creativecommons.org/licenses/by/4.0/legalcode"),
    "CC0-1.0": ("Creative Commons Zero 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/legalcode"),
    "MIT": ("MIT License", "https://spdx.org/licenses/MIT.html"),
}  # fmt: skip
"""SPDX id -> name and where the text is, https://spdx.org/licenses/, checked 2026-11-22."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by its SPDX id."""

    spdx: str
    name: str
    url: str


def licence_of(spdx: str | None) -> Licence | None:
    """Give a licence; one that is not known here is named by its id, with the place of its text at SPDX."""
    if spdx is None:
        return None
    return Licence(spdx, *_LICENCES.get(spdx, (spdx, f"https://spdx.org/licenses/{spdx}.html")))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of an archive; ``moment`` is that of the newest event, ``withheld`` is ``None`` for a whole one."""

    title: str
    question: str
    moment: str
    authors: tuple[str, ...]
    licence: Licence | None
    software: str
    withheld: Withheld | None = None
    missing: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """The day of the newest event."""
        return self.moment[:10]

    @property
    def public(self) -> bool:
        """Whether names are hidden and other people's texts left out."""
        return self.withheld is not None


def licence_text(facts: Facts) -> bytes:
    """Write LICENSE: the name of the licence and where its text is, or that none was chosen."""
    if facts.licence is None:
        text = (
            "No licence was chosen for these data: without one nobody may use them again.\n\n"
            'To choose one, write in protocol.toml, for example\n\n    [reports]\n    licence = "CC-BY-4.0"\n\n'
            "and write the archive anew.\n"
        )
    else:
        text = (
            f"{facts.licence.name}\nSPDX-License-Identifier: {facts.licence.spdx}\n\n"
            f"The text of the licence: {facts.licence.url}\n\n"
            "It covers what the team of this review made. Bibliographic records, abstracts, full texts and replies of\n"
            "sources are other people's, and stay under their terms.\n"
        )
    return text.encode()


def citation(facts: Facts) -> bytes:
    """Write CITATION.cff (https://citation-file-format.github.io/, 1.2.0, checked 2026-11-22)."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use these data, please cite them as below.",
        "type: dataset",
        f"title: {_quoted(facts.title)}",
        f"abstract: {_quoted(facts.question)}",
        f"version: {_quoted(facts.day)}",
        f"date-released: {facts.day}",
        *([f"license: {_quoted(facts.licence.spdx)}"] if facts.licence and facts.licence.spdx in _LICENCES else []),
        "authors:",
        *(f"  - name: {_quoted(name)}" for name in facts.authors),
    ]
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def readme(facts: Facts, rows: Mapping[str, int]) -> bytes:
    """Write README.md; ``rows`` are the numbers of rows of the tables."""
    kind = "public archive" if facts.public else "archive"
    lines = [
        f"# {_plain(facts.title)}", "",
        f"The {kind} of a systematic review, as of {facts.day}: {many(rows.get('record', 0), 'record')}, "
        f"{many(rows.get('event', 0), 'event')} in its log. Question: {_plain(facts.question)}", "",
        "| Where | What |", "|---|---|",
        "| `review/` | the folder of the review: protocol, reports (`out/`)"
        + (" |" if facts.public else ", imported files, raw replies, full texts |"),
        "| `store/` | every table as JSON lines; `data_dictionary.csv` says what the columns mean |",
        "| `logs/` | the decision log and the search log as CSV |",
        "| `protocols/`, `sheets/` | every text of the protocol, form, instrument and framework that was in use |",
        "| `manifest.json` | heads of the logs, versions of the program and what it was run with |",
        "", "## Check it", "",
        "    sha256sum --check manifest-sha256.txt", "",
        "Every act of a person is an event that holds the SHA-256 of the event before it. `review restore` walks these",
        "chains, makes every table anew from them and compares it.", "",
        "## Work with it", "",
        f"    pip install narrative-review=={facts.software}",
        "    review restore FILE.zip my-review", "    review report -C my-review", "",
        "gives the same reports, byte for byte, when the versions are those of `manifest.json`. Without the program:",
        "the tables are text, and so is everything that follows from them.",
    ]  # fmt: skip
    if facts.withheld is not None:
        lines += ["", "## What is not here, on purpose", "", *_left_out(facts.withheld)]
    if facts.missing:
        lines += ["", "## What was missing", "", *(f"- `{_plain(path)}`" for path in facts.missing)]
    return ("\n".join(lines) + "\n").encode()


def _left_out(kept: Withheld) -> list[str]:
    numbers = kept.counts()
    return [
        "- Who the reviewers are: each is named Reviewer A, Reviewer B, … in the order in which they began.",
        f"- Raw replies and imported files: {numbers['raw_files']:,}. Full texts: {numbers['full_texts']:,}. "
        f"Abstracts: {numbers['abstracts']:,}. Parts of replies that could not be read: {numbers['rejected']:,}.",
        "- Notes and unmapped fields of imported references.",
        f"- Names were replaced in {many(numbers['events'], 'event')} and {many(numbers['protocols'], 'protocol')}: "
        "these keep their ids, and `store/meta.jsonl` holds the SHA-256 of what stands there now. That the text before "
        "was the one that the id was made of can only be shown with the full archive.",
    ]


def _plain(text: str) -> str:
    """Keep a text from being Markdown or HTML."""
    escaped = "".join("\\" + c if c in "\\`*_[]<>|#&" else c for c in text)
    return " ".join(escaped.split())
