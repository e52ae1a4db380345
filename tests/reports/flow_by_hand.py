"""The flow counted by hand from the events and the rules of docs/flow.md, sharing no code with what it checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

STAGES = ("title-abstract", "full-text")
CODES = ("b_first", "a_second", "c_third")  # the protocol's order is not the alphabet's
TEXTS = {"b_first": "First", "a_second": "Second", "c_third": "Third"}


class Search(NamedTuple):
    """A search: its kind, source, what the query says of each record, its status and its unreadable parts."""

    kind: str
    source: str
    matched: tuple[str, ...]
    status: str
    rejected: int


class Rules(NamedTuple):
    """The rules in force."""

    votes: tuple[int, int] = (1, 1)
    maybe: str = "discuss"
    remove: bool = False


class Said(NamedTuple):
    """One event as it was sent: its id, who, what kind, and what it says."""

    id: str
    who: str
    kind: str
    what: Mapping[str, Any]


@dataclass
class Facts:
    """What was found and said so far: searches by id, record -> search, record -> match, the log, the rules."""

    searches: dict[int, Search] = field(default_factory=dict)
    search_of: dict[int, int] = field(default_factory=dict)
    matched: dict[int, str] = field(default_factory=dict)
    log: list[Said] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)


class ByHand:
    """Count a review from its events by the rules of docs/flow.md."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.groups: list[set[int]] = [{r} for r in facts.search_of]
        self.early: list[set[int]] = [{r} for r in facts.search_of]
        decided: set[int] = set()
        for said in facts.log:
            if said.kind == "decision":
                decided.add(said.what["report"])
            elif said.kind == "merge":
                whole = set().union(*(g for g in self.groups if g & set(said.what["reports"])))
                self.groups = [g for g in self.groups if not g & whole] + [whole]
                if not whole & decided:
                    named = set().union(*(g for g in self.early if g & set(said.what["reports"])))
                    self.early = [g for g in self.early if not g & named] + [named]
            elif said.kind == "split":
                for one in said.what["reports"]:
                    self.groups = [g - {one} for g in self.groups if g != {one}] + [{one}]
                    self.early = [g - {one} for g in self.early if g != {one}] + [{one}]

    def votes(self, group: set[int], stage: str, who: str | None = None, *, every: bool = False) -> list[Said]:
        """Give the votes on all members that were not taken back, without those that a later one names (or with)."""
        last: dict[tuple[str, int], Said] = {}
        for said in self.facts.log:
            if said.kind == "decision" and said.what["report"] in group and said.what["stage"] == stage:
                last.pop((said.who, said.what["report"]), None)
                if said.what["verdict"] != "cleared" and who in (None, said.who):
                    last[said.who, said.what["report"]] = said
        gone = {one for said in last.values() for one in said.what.get("acts_on", ())}
        return [said for said in last.values() if every or said.id not in gone]

    def outcome(self, group: set[int], stage: str) -> tuple[str, list[str]]:
        """Give include, exclude or open, and the reasons given."""
        rules, votes = self.facts.rules, self.votes(group, stage)
        left, ended = {said.id for said in votes}, list[Said]()
        for said in reversed(self.facts.log):
            about = said.kind == "resolution" and said.what["report"] in group and said.what["stage"] == stage
            if about and said.what["acts_on"] and set(said.what["acts_on"]) <= left:
                left -= set(said.what["acts_on"])
                ended.append(said)
        outcomes = {said.what["verdict"] for said in ended}
        if ended and not left:
            reasons = [code for said in ended for code in said.what["reasons"]]
            return (outcomes.pop(), reasons) if len(outcomes) == 1 else ("open", [])
        verdicts = [said.what["verdict"] for said in votes]
        if rules.maybe == "include":
            verdicts = ["include" if v == "maybe" else v for v in verdicts]
        if len({said.who for said in votes}) < rules.votes[STAGES.index(stage)]:
            return "open", []
        if set(verdicts) | outcomes == {"include"}:
            return "include", []
        if set(verdicts) | outcomes == {"exclude"}:
            return "exclude", [code for said in votes for code in said.what["reasons"]]
        return "open", []

    def state(self, group: set[int]) -> tuple[str, str]:
        """Give where a report ended, and the text of its primary reason."""
        if self.facts.rules.remove and all(self.facts.matched[r] == "no" for r in group):
            return "removed", ""
        if not self.votes(group, STAGES[0]) and all(self.stops(r) for r in group):
            return "not screened", ""
        first, given = self.outcome(group, STAGES[0])
        if first != "include":
            return ("screened out", self.primary(given)) if first == "exclude" else ("unscreened", "")
        got = {}
        for said in self.facts.log:
            if said.kind == "retrieval" and said.what["report"] in group:
                got[said.what["report"]] = said.what["outcome"]
        if got and set(got.values()) == {"not_retrieved"} and not self.votes(group, STAGES[1]):
            return "not retrieved", ""
        second, given = self.outcome(group, STAGES[1])
        return {"include": "included", "exclude": "excluded", "open": "unassessed"}[second], self.primary(given)

    def primary(self, given: list[str]) -> str:
        """Give the text of the first reason in the protocol's order."""
        known = [TEXTS[code] for code in CODES if code in given]
        return (known + [code for code in given if code not in TEXTS] + ["No reason given"])[0]

    def stops(self, report: int) -> list[str]:
        """Give the stop in force that left a report unread, if there is one: the last that named it."""
        found: list[str] = []
        for said in self.facts.log:
            if said.kind == "stop" and report in said.what.get("reports", ()):
                found = [said.id]
            elif said.kind == "stop" and said.what.get("ends") in found:
                found = []
        return found

    def study(self, group: set[int]) -> object:
        """Give the study that a report was put into last, else itself."""
        keys = [s.what["study"] for s in self.facts.log if s.kind == "study" and group & set(s.what["reports"])]
        return keys[-1] if keys else min(group)

    def kind(self, record: int) -> str:
        return self.facts.searches[self.facts.search_of[record]].kind

    def is_main(self, record: int) -> bool:
        return self.kind(record) in ("database", "register")

    def expected(self) -> dict[str, Any]:
        """Give every box, list, open number and footnote."""
        main = [g for g in self.groups if any(self.is_main(r) for r in g)]
        other = [g for g in self.groups if g not in main]
        found = [r for r in self.facts.search_of if self.is_main(r)]
        elsewhere = [r for r in self.facts.search_of if not self.is_main(r)]
        m, o = (Counter(self.state(g)[0] for g in groups) for groups in (main, other))
        done = ("excluded", "included")
        included = [g for g in self.groups if self.state(g)[0] == "included"]
        sought = ("not retrieved", "unassessed", *done)
        first_kind = Counter(self.kind(min(g)) for g in other)
        boxes = {
            "website_results": self.known("website", first_kind["website"]),
            "organisation_results": self.known("organisation", first_kind["organisation"]),
            "citations_results": self.known("citation", first_kind["citation"]),
            "other_results": self.known("other", first_kind["other"]),
        }
        place = "identified" if set(boxes.values()) == {0} else "other_identified"
        return boxes | {
            "database_results": self.known("database", sum(self.kind(r) == "database" for r in found)),
            "register_results": self.known("register", sum(self.kind(r) == "register" for r in found)),
            "duplicates": len(found) - len(main),
            "excluded_automatic": m["not screened"],
            "excluded_other": m["removed"],
            "records_screened": m["screened out"] + sum(m[s] for s in sought),
            "records_excluded": m["screened out"],
            "excluded_by_people": m["screened out"],
            "excluded_by_automation": 0,
            "dbr_sought_reports": sum(m[s] for s in sought),
            "dbr_notretrieved_reports": m["not retrieved"],
            "dbr_assessed": sum(m[s] for s in done),
            "dbr_excluded": m["excluded"],
            "other_sought_reports": sum(o[s] for s in sought),
            "other_notretrieved_reports": o["not retrieved"],
            "other_assessed": sum(o[s] for s in done),
            "other_excluded": o["excluded"],
            "new_studies": len({self.study(g) for g in included}),
            "new_reports": len(included),
            "open_records": m["unscreened"],
            "open_reports": m["unassessed"],
            "open_other_records": o["unscreened"],
            "open_other_reports": o["unassessed"],
            "databases": self.per_source("database"),
            "registers": self.per_source("register"),
            "databases_after": self.after("database", main),
            "registers_after": self.after("register", main),
            "other_sources": {
                (box, name): n
                for kind, box in (
                    ("website", "website_results"),
                    ("organisation", "organisation_results"),
                    ("citation", "citations_results"),
                    ("other", "other_results"),
                )
                for name, n in self.named(kind, other).items()
            },
            "dbr_reasons": self.per_reason(main, "excluded"),
            "other_reasons": self.per_reason(other, "excluded"),
            "title_abstract_reasons": self.per_reason(main, "screened out"),
            "other_title_abstract_reasons": self.per_reason(other, "screened out"),
            "notes": self.notes(m, o, main, other, elsewhere, place),
        }

    def known(self, kind: str, n: int, source: str | None = None) -> int | None:
        """Give the number, or None when searches were made and not one came to its end with anything known."""
        some = [s for s in self.facts.searches.values() if s.kind == kind and source in (None, s.source)]
        silent = some and not any(s.matched or s.status == "complete" for s in some)
        return None if silent else n

    def per_source(self, kind: str) -> dict[str, int | None]:
        some = [s for s in self.facts.searches.values() if s.kind == kind]
        return {
            name.upper(): self.known(kind, sum(len(s.matched) for s in some if s.source == name), name)
            for name in {s.source for s in some}
        }

    def after(self, kind: str, main: list[set[int]]) -> dict[str, int | None]:
        """Count each report of the first column at the source of the first record that put it there."""
        firsts = [min(r for r in g if self.is_main(r)) for g in main]
        n = Counter(self.source(r) for r in firsts if self.kind(r) == kind)
        return {name.upper(): self.known(kind, n[name], name) for name in self.sources(kind)}

    def named(self, kind: str, other: list[set[int]]) -> dict[str, int | None]:
        """Count each source of a method that has several."""
        n = Counter(self.source(min(g)) for g in other if self.kind(min(g)) == kind)
        names = self.sources(kind)
        return {name.upper(): self.known(kind, n[name], name) for name in names} if len(names) > 1 else {}

    def source(self, record: int) -> str:
        return self.facts.searches[self.facts.search_of[record]].source

    def sources(self, kind: str) -> set[str]:
        return {s.source for s in self.facts.searches.values() if s.kind == kind}

    def per_reason(self, groups: list[set[int]], wanted: str) -> dict[str, int]:
        return dict(Counter(reason for state, reason in map(self.state, groups) if state == wanted))

    def notes(
        self, m: Counter[str], o: Counter[str], main: Any, other: Any, elsewhere: Any, column: str
    ) -> Counter[Any]:
        late = sum(sum(any(map(self.is_main, e & g)) for e in self.early if e & g) - 1 for g in main)
        known = sum(r in g for r in elsewhere for g in main)
        values = Counter({
            ("duplicates", "found_late"): late,
            ("excluded_automatic", "not_screened"): m["not screened"],
            (column, "other_not_screened"): o["not screened"],
            ("records_screened", "open_records"): m["unscreened"],
            ("dbr_assessed", "open_reports"): m["unassessed"],
            (column, "known_already"): known,
            (column, "repeated"): len(elsewhere) - known - len(other),
            (column, "other_removed"): o["removed"],
            (column, "other_screened_out"): o["screened out"],
            (column, "other_open_records"): o["unscreened"],
            ("other_assessed", "open_reports"): o["unassessed"],
        })  # fmt: skip
        for s in self.facts.searches.values():
            box = "identified" if s.kind in ("database", "register") else column
            values[box, "set_aside"] += s.rejected
            values[box, "unfinished"] += s.status != "complete"
        return +values
