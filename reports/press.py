"""The form for the peer review of search strategies (PRESS 2015), with everything that the log knows filled in.

Source: McGowan J et al. 2016, doi:10.1016/j.jclinepi.2016.01.021, checked 2026-11-22. Names and prompts are in
``wording/press.toml``. The verdict is a person's: its cells are empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from reports import prose
from reports import search_facts as facts
from reports.prose import Block, Code, Heading, Items, Paragraph
from reports.search_facts import SearchLog
from reports.table import Table, table
from reports.words import number, wording
from review.protocol.model import Strategy
from review.query import And, Field, Near, Node, Not, Or, lint, show
from review.query import Heading as Subject
from review.query.outline import outline

WORDS: Mapping[str, Any] = wording("press")
_NOTES: Mapping[str, str] = WORDS["notes"]
_PEOPLE: Mapping[str, str] = WORDS["people"]
_TEXT_WORDS = 4


def text(log: SearchLog) -> tuple[Block, ...]:
    """Put the form together: the review and its question, then each strategy with its lines and six elements."""
    blocks: list[Block] = [Heading(WORDS["title"], 1), Paragraph(f"After {WORDS['citation']}."), _review(log)]
    concepts = log.protocol.concepts
    if concepts:
        blocks += [Paragraph("The question as concepts:"), _concepts(log)]
    criteria = [f"{'include' if one.include else 'exclude'}: {one.text}" for one in log.protocol.criteria]
    if criteria:
        blocks += [Paragraph("Criteria of eligibility:"), Items(tuple(criteria))]
    for strategy in log.protocol.strategies:
        blocks += _strategy(strategy, log)
    if not log.protocol.strategies:
        blocks.append(Paragraph("The protocol has no strategy yet."))
    return tuple(blocks)


def as_markdown(log: SearchLog) -> str:
    """Write the form as Markdown."""
    return prose.as_markdown(text(log))


def as_docx(log: SearchLog, *, moment: datetime) -> bytes:
    """Write the same as a Word document."""
    return prose.as_docx(text(log), title=WORDS["title"], moment=moment, landscape=True)


def as_tables(log: SearchLog) -> tuple[Table, Table]:
    """Give the form for a spreadsheet: the elements of every strategy, and the lines with their hits."""
    strategies = log.protocol.strategies
    elements = [(s.id, *row) for s in strategies for row in _elements(s, log).rows]
    every = [(s.id, *row) for s in strategies for row in _per_source(s, log)]
    return (
        table("press", WORDS["title"], ("Strategy", *_ELEMENT), elements),
        table("press_lines", "Lines", ("Strategy", "No.", "Line", "Part", "Source", "Hits", "Why not"), every),
    )


def _review(log: SearchLog) -> Table:
    protocol = log.protocol
    sources = [*_sources(log).values(), *(platform.label for platform in protocol.platforms)]
    rows = [
        ("Review", protocol.title), ("Question", protocol.question), ("Sources", "; ".join(sources)),
        *((_PEOPLE[key], "") for key in ("searcher", "handed_in", "wanted_by", "reviewer", "reviewed")),
    ]  # fmt: skip
    return table("press_review", "Review", ("What", "Which"), rows)


def _concepts(log: SearchLog) -> Table:
    cells = [(one.role, one.label, "; ".join(one.terms)) for one in log.protocol.concepts]
    return table("press_concepts", "Concepts", ("Role", "Concept", "Terms"), cells)


def _strategy(strategy: Strategy, log: SearchLog) -> Iterator[Block]:
    yield Heading(f"Strategy “{strategy.id}”: {strategy.label}")
    yield Code(strategy.text)
    yield Paragraph("Its lines, and what each finds by itself (whole: without the limits; limited: with them):")
    yield _lines(strategy, log)
    losses = _losses(strategy, log)
    if losses:
        yield Paragraph("What could not be asked as written:")
        yield Items(losses)
    yield Paragraph("Peer review:")
    yield _elements(strategy, log)


# -- lines


def _sources(log: SearchLog) -> dict[str, str]:
    """Give the sources that are asked over an API, by name, as people call them."""
    known = log.known.interfaces
    names = dict.fromkeys([*(one.name for one in log.protocol.sources), *(line["source"] for line in log.lines)])
    return {name: known[("api", name)].label if ("api", name) in known else name for name in names}


def _parts(strategy: Strategy, log: SearchLog) -> list[tuple[str, str]]:
    """Give the lines as ``review count`` counts them: (part, text)."""
    own = [(str(part), show(node)) for part, node in outline(strategy.query)]
    limited = [("limited", strategy.text)] if facts.limits_of(log.protocol) else []
    return [*own, ("whole", strategy.text), *limited]


def _counted(strategy: Strategy, log: SearchLog) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    own = [line for line in log.lines if line["strategy"] == strategy.id]
    return {(line["source"], line["part"], line["line"]): line for line in own}


def _lines(strategy: Strategy, log: SearchLog) -> Table:
    counted, sources = _counted(strategy, log), _sources(log)
    rows = []
    for at, (part, line) in enumerate(_parts(strategy, log), start=1):
        told = [counted.get((name, part, line)) for name in sources]
        rows.append((str(at), line, part, *map(_hits, told)))
    why: dict[str, list[str]] = {}
    for one in counted.values():
        if one["error"]:
            why.setdefault(f"{sources[one['source']]}: {one['error']}", []).append(one["line"])
    reasons = [f"{reason}: {'; '.join(dict.fromkeys(which))}" for reason, which in why.items()]
    note = "\n".join(reasons) if counted else WORDS["count_first"]
    return table("press_lines", "Lines", ("No.", "Line", "Part", *sources.values()), rows, note=note or None)


def _per_source(strategy: Strategy, log: SearchLog) -> Iterator[tuple[str, ...]]:
    counted = _counted(strategy, log)
    for at, (part, line) in enumerate(_parts(strategy, log), start=1):
        for name, label in _sources(log).items():
            told = counted.get((name, part, line))
            yield str(at), line, part, label, _hits(told), (told["error"] or "") if told else ""


def _hits(told: Mapping[str, Any] | None) -> str:
    return WORDS["not_counted"] if told is None or told["hits"] is None else number(told["hits"])


def _losses(strategy: Strategy, log: SearchLog) -> tuple[str, ...]:
    """Say what each source and platform cannot be asked, as translated now, else as the log has it of its searches."""
    labels = {**{one.id: one.label for one in log.protocol.platforms}, **_sources(log)}
    told = {name: losses for (name, of), losses in log.known.losses.items() if of == strategy.id}
    for row in log.rows:
        if row.facts["strategy"] == strategy.id:
            told.setdefault(row.facts["source"], row.facts["losses"])
    return tuple(
        f"{labels.get(name, name)}: {loss}"
        for name, losses in told.items()
        for loss in facts.losses_of({"losses": losses})
    )


# -- elements

_ELEMENT = ("No.", "Element", "What to look at", "What the program notes", f"Verdict ({WORDS['verdicts']})", "Comment")


def _elements(strategy: Strategy, log: SearchLog) -> Table:
    noted = _noted(strategy, log)
    rows = [
        (
            str(one["number"]),
            one["name"],
            " ".join(one["asks"]),
            " ".join(noted[one["number"]]) or WORDS["nothing"],
            "",
            "",
        )
        for one in WORDS["elements"]
    ]
    rows.append(("", _PEOPLE["overall"], _PEOPLE["overall_asks"], "", "", ""))
    return table("press", WORDS["title"], _ELEMENT, rows)


def _noted(strategy: Strategy, log: SearchLog) -> dict[int, list[str]]:
    """Give what the program notes under each element; advice on words is that of ``review check``."""
    noted: dict[int, list[str]] = {one["number"]: [] for one in WORDS["elements"]}
    noted[1] += _say("left_out", [c.label for c in log.protocol.concepts if c.id not in strategy.concepts])
    nodes = list(_walk(strategy.query))
    noted[2] += _say("denied", [show(node.item) for node in nodes if isinstance(node, Not)])
    noted[2] += _say("near", [show(node) for node in nodes if isinstance(node, Near)]) or [_NOTES["no_near"]]
    noted[3] += _say("headings", [show(node) for node in nodes if isinstance(node, Subject)]) or [_NOTES["no_headings"]]
    noted[_TEXT_WORDS] += _say("fields", log.protocol.limits.fields)
    for fault in lint(strategy.query):
        element = next((at for piece, at in WORDS["advice"].items() if piece in fault.what), _TEXT_WORDS)
        noted[element].append(f"{fault}.")
    for name, label in _sources(log).items():
        empty = [line["line"] for key, line in _counted(strategy, log).items() if key[0] == name and line["hits"] == 0]
        noted[5] += _say("none_found", list(dict.fromkeys(empty)), where=label)
    noted[6] += _say("limits", facts.limits_of(log.protocol)) or [_NOTES["no_limits"]]
    noted[6].append(_NOTES["filters"])
    return noted


def _say(note: str, which: Sequence[str], **more: str) -> list[str]:
    return [_NOTES[note].format(which="; ".join(which), **more)] if which else []


def _walk(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case And(items) | Or(items):
            for item in items:
                yield from _walk(item)
        case Not(item) | Field(_, item):
            yield from _walk(item)
