"""A review's log made by hand for the tests of this room: everything goes through the real store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, insert

from extraction import final
from reports.material import Material
from reports.search_facts import Known
from review.forms import Component, Extracted, Field, Form, Framework, Instrument, Item, Option, Section
from review.protocol.model import Protocol, Reason, StageRules
from review.record import Record
from review.store import Actor, Entry, Store, append_many, schema
from review.store.events import enrol
from review.store.projection import open_reports
from review.store.records import as_row

REASONS = (
    Reason("passing_mention", "Only a passing mention of mentoring"),
    Reason("no_health", "Health or well-being not discussed"),
    Reason("other_definition", "A different definition of mentoring"),
    Reason("review", "A literature review"),
    Reason("not_medics", "Sample not all medics"),
)
CODES = tuple(reason.code for reason in REASONS)


def gather(
    connection: Connection,
    protocol: Protocol,
    form: Form | None = None,
    framework: Framework | None = None,
    instruments: tuple[Instrument, ...] = (),
    extracted: Extracted | None = None,
    known: Known | None = None,
) -> Material:
    """Give the material of a review, every part of it read while the connection is open."""
    taken = extracted or Extracted({}, {}, (), {}, (), ())
    made = Material(connection, protocol, form, framework, instruments, taken, known or Known())
    for name, value in vars(Material).items():
        if isinstance(value, cached_property):
            getattr(made, name)
    return made


@dataclass(frozen=True, slots=True)
class Log:
    """A store, its protocol in force, and one reviewer."""

    store: Store
    protocol: Protocol
    actor: Actor

    def extracted(self, connection: Connection, *more: Instrument) -> Extracted:
        """Give what was taken out of the studies, as the extraction room hands it to this one."""
        return final.extracted(connection, self.protocol, FORM, FRAMEWORK, (INSTRUMENT, *more))

    def search(
        self,
        records: Sequence[Record],
        *,
        kind: str = "database",
        source: str = "medline",
        unmatched: Sequence[int] = (),
        **facts: Any,
    ) -> None:
        """Add a search with its records; reports are numbered on from the last one.

        ``unmatched`` are positions of records that do not match the query.
        """
        row = {"source": source, "label": source.title(), "kind": kind, "method": "file", "status": "complete",
               "started_at": "2026-01-02T03:04:05Z", "searched_on": "2026-01-02", "losses": [], "notes": [],
               "hits": len(records), "query": "ment* AND doctor*", **facts}  # fmt: skip
        with self.store.write() as connection:
            result = connection.execute(insert(schema.search).values(**row))
            number = result.inserted_primary_key[0]  # type: ignore[index]
            rows = [
                {
                    **as_row(record),
                    "search": number,
                    "page": None,
                    "position": at,
                    "matched": "no" if at in unmatched else "yes",
                }
                for at, record in enumerate(records, start=1)
            ]
            if rows:
                connection.execute(insert(schema.record), rows)
            open_reports(connection, number)

    def note(self, entries: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Append events in one transaction."""
        with self.store.write() as connection:
            append_many(self.store, connection, self.actor, [Entry(kind, payload) for kind, payload in entries])

    def vote(
        self, reports: Iterable[int], verdict: str, reason: str | None = None, *, stage: str = "title-abstract"
    ) -> None:
        """Decide the same on several reports."""
        reasons = [reason] if reason else []
        self.note(
            ("decision", {"report": r, "stage": stage, "verdict": verdict, "reasons": reasons, "note": None})
            for r in reports
        )

    def include(self, *reports: int) -> None:
        """Include reports at both stages."""
        self.vote(reports, "include")
        self.vote(reports, "include", stage="full-text")

    def merge(self, *groups: Sequence[int]) -> None:
        """Merge each group of reports."""
        self.note(("merge", {"reports": list(group), "rule": "by hand", "score": 1.0}) for group in groups)


def make_log(store: Store, *, votes: int = 1, remove_unmatched: bool = False) -> Log:
    """Make a log with its protocol in force."""
    rules = StageRules(votes=votes, reasons=REASONS)
    protocol = Protocol("Mentoring and doctors", "Does mentoring help doctors?", "hash", "text",
                        title_abstract=rules, full_text=rules, remove_unmatched=remove_unmatched)  # fmt: skip
    with store.write() as connection:
        actor = Actor(enrol(store, connection, "Ann"), protocol.hash)
        stage = {"votes": votes, "maybe": "discuss", "reasons": list(CODES), "remove_unmatched": remove_unmatched}
        payload = {"hash": protocol.hash, "rules": {"title-abstract": stage, "full-text": stage}}
        append_many(store, connection, actor, [Entry("protocol", payload)])
    return Log(store, protocol, actor)


def papers(n: int, *, start: int = 1) -> list[Record]:
    """Make synthetic records."""
    return [Record(title=f"Paper {i}", authors=(f"Author{i}, A",), date="2014") for i in range(start, start + n)]


HOSTILE = "<script>alert(1)</script> & \"q\" 'a' | `x` [y](z) *b* _c_ \x00\x1f, 6; 7"
"""Markup, quotes, Markdown, control characters, a comma and a semicolon."""
RIGHT_TO_LEFT = "דו״ח על חונכות"
LONG = "Mentoring " * 40

FORM = Form(
    "proforma", "1", "Small proforma", "https://example.org", (
        Section("Characteristics", (
            Field("kind", "Kind", "single", options=(Option("research", "Research"), Option("essay", "Essay"))),
            Field("aim", "Aim"),
            Field("location", "Location", "country"),
            Field("design", "Design", "single", options=(Option("qualitative", "Qualitative"),)),
            Field("data_collection", "Data collection", "multiple", options=(Option("interviews", "Interviews"),)),
            Field("sample_n", "Participants", "number"),
        )),
    ),
)  # fmt: skip
FRAMEWORK = Framework(
    "workwell", "Workwell model", "2013", "https://example.org",
    (Component("work", "Better work", "A good job"), Component("health", "Better health", "Being well")),
)  # fmt: skip
INSTRUMENT = Instrument(
    "list", "2018", "Small list", "https://example.org", "free", ("qualitative",),
    (Option("yes", "Yes"), Option("cant_tell", "Can't tell")),
    (Item("1", "Aims are clear", "A"), Item("2", "Design fits", "A"), Item("3", "How valuable is it", "B", open=True)),
)  # fmt: skip


def answer(study: str, field: str, value: Any = None, missing: str | None = None) -> tuple[str, dict[str, Any]]:
    """Make an answer's event."""
    payload = {"study": study, "form": FORM.id, "field": field, "value": value, "missing": missing}
    return "answer", {**payload, "quote": None, "place": None}


def judgement(study: str, item: str, response: str) -> tuple[str, dict[str, Any]]:
    """Make a judgement's event."""
    return "judgement", {"study": study, "instrument": INSTRUMENT.name, "item": item, "response": response,
                         "reason": None, "quote": None, "place": None}  # fmt: skip


def coding(
    study: str, statement: str, component: str, polarity: str, text: str | None = None
) -> tuple[str, dict[str, Any]]:
    """Make a coding's event."""
    names = ("subelement", "perspective", "evidence", "quote", "place")
    return "coding", {"key": f"{study}-{statement}-{component}-{polarity}", "study": study, "statement": statement,
                      "text": text or f"finding {statement}", "component": component, "polarity": polarity,
                      **dict.fromkeys(names)}  # fmt: skip


def whole_review(log: Log, *, hostile: str = "A title") -> None:
    """Fill a log with something for every report: four studies in the end, one of them no research."""
    first = Record(
        title=hostile, authors=("Eisen, S", "Sukhani, S", "Long, A"), date="2014", journal=hostile, doi="10.5555/1"
    )
    second = Record(title=RIGHT_TO_LEFT, authors=("Tietjen, P", "Griner, PF"), date="2013", doi="10.5555/2")
    third = Record(title="=cmd()", authors=(f"{hostile.split()[0]}, B",), date="2013")
    log.search(
        [first, second, third, *papers(9)],
        label=hostile,
        query=hostile,
        losses=[{"what": hostile, "effect": "broader"}],
    )
    log.search([first, Record(title=LONG, date="2015")], kind="citation", source="openalex", method="snowball")
    log.merge((1, 13))
    log.vote([10, 11, 12], "exclude")
    log.vote([1, 2, 3, 4, 5, 6, 7, 8, 9, 14], "include")
    log.vote([4], "exclude", "review", stage="full-text")
    log.vote([5], "exclude", "a, b; c", stage="full-text")
    log.vote([6], "exclude", hostile, stage="full-text")
    log.note([("retrieval", {"report": 7, "outcome": "not_retrieved", "route": None, "note": None})])
    log.vote([1, 2, 3, 14], "include", stage="full-text")
    log.note([
        ("study", {"study": "eisen2014", "reports": [1]}), ("study", {"study": "tietjen2013", "reports": [2]}),
        ("study", {"study": "script2013", "reports": [3]}), ("study", {"study": "long2015", "reports": [14]}),
        answer("eisen2014", "kind", "research"), answer("eisen2014", "aim", hostile),
        answer("eisen2014", "location", "GB"), answer("script2013", "kind", "essay"),
        answer("eisen2014", "design", missing="unclear"), answer("eisen2014", "data_collection", ["interviews"]),
        answer("eisen2014", "sample_n", missing="not_reported"), answer("tietjen2013", "kind", "research"),
        answer("tietjen2013", "aim", "=1+1"), answer("tietjen2013", "sample_n", 49),
        judgement("eisen2014", "1", "yes"), judgement("eisen2014", "3", "very"),
        coding("eisen2014", "W2", "work", "+"), coding("eisen2014", "W10", "work", "-", hostile),
        coding("tietjen2013", "W2", "work", "+"), coding("tietjen2013", "W2", "work", "-"),
        coding("script2013", "H1", "health", "0"), coding("long2015", "E1", "emergent", "-"),
    ])  # fmt: skip
