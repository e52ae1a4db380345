"""Turn the text of a protocol.toml into a Protocol, or into a list of all its faults."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

from review.errors import Fault, ProtocolError
from review.formats.languages import CODES
from review.protocol.faults import Notes, Reader
from review.protocol.model import (
    STAGES,
    By,
    Concept,
    Criterion,
    ExportFile,
    Highlights,
    Level,
    Limits,
    Member,
    Platform,
    Protocol,
    Reason,
    Role,
    SearchKind,
    SourceChoice,
    StageRules,
    Strategy,
    Synthesis,
)
from review.protocol.reporting import read_reporting
from review.protocol.strategies import read_strategy
from review.record import Kind
from review.text import fold

TEMPLATES = ("blank", "mentoring")
_FIELDS = ("title", "abstract", "keywords")
_DATE = re.compile(r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$")
_CODE = re.compile(r"^[a-z0-9][a-z0-9_-]*$")


def template(name: str) -> str:
    """Give the text of a protocol to start from: ``blank`` or ``mentoring``."""
    return (files("review.protocol") / "templates" / f"{name}.toml").read_text("utf-8")


def read_protocol(data: bytes) -> Protocol:
    """Read a protocol.

    Raises
    ------
    ProtocolError
        With every fault found: where, what is wrong, and what was perhaps meant.
    """
    text = _decode(data)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(
            "protocol.toml is not valid TOML", (Fault("protocol.toml", str(error)),),
            hint="texts need quotes, lists need [ ], names of tables stand in [ ]",
        ) from error  # fmt: skip
    except RecursionError as error:
        raise ProtocolError("protocol.toml nests too many brackets", hint="one [ ] around a list is enough") from error
    notes = Notes(text)
    protocol = _protocol(Reader(table, "", notes), text, hashlib.sha256(data).hexdigest())
    if notes.faults:
        count = len(notes.faults)
        raise ProtocolError(f"the protocol has {count} fault{'s' if count > 1 else ''}", tuple(notes.faults))
    return protocol


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ProtocolError(
            "protocol.toml is not UTF-8", (Fault(f"line {line}", "a character is not UTF-8"),),
            hint="save the file as UTF-8 in your editor",
        ) from error  # fmt: skip


def _protocol(top: Reader, text: str, digest: str) -> Protocol:
    about = top.table_of("review")
    title, question = about.text("title", required=True), about.text("question", required=True)
    registration, funding, interests = (about.text(k) for k in ("registration", "funding", "interests"))
    about.close()
    concepts = tuple(_concept(name, t) for name, t in top.named("concepts"))
    strategies = tuple(read_strategy(name, t, concepts) for name, t in top.named("strategies"))
    limits = replace(_limits(top.table_of("limits")), words=_words(top.free("words")))
    sources = tuple(_source(name, t, strategies) for name, t in top.named("sources"))
    platforms = tuple(_platform(name, t) for name, t in top.named("platforms"))
    imports = tuple(_export(t, platforms) for t in top.listed("imports"))
    criteria = _criteria(top)
    screening = top.table_of("screening")
    first, second = (_rules(screening.table_of(stage), required=stage == "full-text") for stage in STAGES)
    screening.close()
    _check_criteria(top.notes, criteria, (first, second))
    team, words = _team(top), top.table_of("highlights")
    highlights = Highlights(words.texts("include"), words.texts("exclude"))
    words.close()
    work = top.table_of("synthesis")
    framework, proforma, instruments = work.text("framework"), work.text("proforma"), work.texts("instruments")
    synthesis, reporting = _synthesis(work), read_reporting(top)
    search, dedupe = top.table_of("search"), top.table_of("dedupe")
    remove_unmatched = search.flag("remove_unmatched", False)
    cochrane_updates = dedupe.flag("cochrane_updates", False)
    for table in (search, dedupe, top):
        table.close()
    return Protocol(
        title or "", question or "", digest, text, registration, funding, interests, concepts,
        tuple(s for s in strategies if s), limits, sources, platforms, imports, criteria, first, second, team,
        framework, proforma, instruments, remove_unmatched, cochrane_updates, highlights,
        synthesis, reporting,
    )  # fmt: skip


def _synthesis(table: Reader) -> Synthesis:
    """Read how many people do what, and the team's own rule of appraisal: [[synthesis.levels]] label, at_most."""
    by = {name: cast(By, table.choice(name, get_args(By), "single")) for name in ("extraction", "appraisal")}
    coding = cast(By, table.choice("coding", ("single", "double"), "single"))
    levels = []
    for entry in table.listed("levels"):
        label, most = entry.text("label", required=True) or "", entry.table.get("at_most", {})
        entry.known.append("at_most")
        if not isinstance(most, dict) or any(type(n) is not int or n < 0 for n in most.values()):
            entry.fault("at_most", "must be a table of responses and numbers, such as { no = 0, cant_tell = 2 }")
            most = {}
        entry.close()
        levels.append(Level(label, tuple(most.items())))
    table.close()
    return Synthesis(**by, coding=coding, levels=tuple(levels))


def _concept(name: str, table: Reader) -> Concept:
    label, role = table.text("label") or name, table.text("role", required=True) or ""
    terms = table.texts("terms", required=True)
    for term in terms:
        if len(term) > 200:
            table.fault("terms", f"'{term[:40]}…' is {len(term)} characters long", "one word or phrase per term")
    table.close()
    return Concept(name, label, role, terms)


def _limits(table: Reader) -> Limits:
    start, end = _date(table, "from"), _date(table, "to")
    if start and end and start[: len(end)] > end[: len(start)]:
        table.fault("to", f"{end} is before {start}", "swap from and to")
    languages = []
    for language in table.texts("languages"):
        if not re.fullmatch(r"[a-z]{3}", language):
            code = CODES.get(language.lower())
            hint = f'write "{code}"' if code else 'ISO 639-2, such as "eng", "ger", "fre", "spa"'
            table.fault("languages", f"'{language}' is not a three-letter language code", hint)
        languages.append(language)
    kinds = tuple(k for k in table.texts("kinds") if table.one_of("kinds", k, get_args(Kind)))
    fields = tuple(f for f in table.texts("fields") if table.one_of("fields", f, _FIELDS)) or _FIELDS
    table.close()
    return Limits(start, end, tuple(languages), kinds, fields)


def _words(table: Reader) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read what truncated terms stand for where a source has no truncation: "mentor*" = ["mentor", "mentors"]."""
    listed = []
    for term in table.table:
        stem, words = term.removesuffix("*"), table.texts(term, required=True)
        if stem == term or not fold(stem):
            table.fault(term, "is not a truncated term", 'write "mentor*" = ["mentor", "mentors", "mentoring"]')
        strange = [word for word in words if not fold(word).startswith(fold(stem))]
        if strange:
            table.fault(term, f"'{strange[0]}' does not begin with '{stem}'", "list only words that the term finds")
        listed.append((term, words))
    return tuple(listed)


def _date(table: Reader, key: str) -> str | None:
    value = table.text(key)
    if value and not (_DATE.match(value) and _is_day(value)):
        table.fault(key, f"'{value}' is not a date", 'write "2006", "2006-01" or "2006-01-31"')
        return None
    return value


def _is_day(value: str) -> bool:
    """Whether a date that looks like one is in the calendar; a month or a year always is."""
    try:
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _source(name: str, table: Reader, strategies: tuple[Strategy | None, ...]) -> SourceChoice:
    known = [s.id for s in strategies if s]
    wanted = tuple(s for s in table.texts("strategies") if table.one_of("strategies", s, known))
    base_url = table.text("base_url")
    if base_url:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            table.fault("base_url", f"'{base_url}' is not an address", 'write "https://host" or "https://host/prefix"')
        if parts.username or parts.password:
            table.fault("base_url", "holds a user name or password", "a protocol is published: leave it out")
    collections = table.texts("collections")
    table.close()
    return SourceChoice(name, wanted, base_url, collections)


def _platform(name: str, table: Reader) -> Platform:
    label = table.text("label") or name
    platform = table.text("platform") or "other"
    kind = table.choice("kind", get_args(SearchKind), "database")
    table.close()
    return Platform(name, label, platform, cast(SearchKind, kind))


def _export(table: Reader, platforms: tuple[Platform, ...]) -> ExportFile:
    file, source = table.text("file", required=True) or "", table.text("source", required=True) or ""
    if source:
        table.one_of("source", source, [p.id for p in platforms])
    if "/" in file or "\\" in file or file.startswith("."):
        table.fault(
            "file", f"'{file}' is not the name of a file in imports/", "put the file into imports/, give its name"
        )
    searched_on, hits = _date(table, "searched_on"), table.whole("hits", -1, 0, 10**9)
    query_file, columns = table.text("query_file"), table.free("columns")
    mapped = tuple((column, columns.text(column, required=True) or "") for column in columns.table)
    table.close()
    return ExportFile(file, source, searched_on, None if hits < 0 else hits, query_file, mapped)


def _criteria(top: Reader) -> tuple[Criterion, ...]:
    criteria: list[Criterion] = []
    for table in top.listed("criteria"):
        identity, text = table.text("id", required=True) or "", table.text("text", required=True) or ""
        if identity and identity in {c.id for c in criteria}:
            table.fault("id", f"'{identity}' is there twice", "each criterion needs an id of its own")
        include, reason = table.flag("include", True), table.text("reason")
        table.close()
        criteria.append(Criterion(identity, text, include, reason))
    return tuple(criteria)


def _check_criteria(notes: Notes, criteria: tuple[Criterion, ...], rules: Sequence[StageRules]) -> None:
    """Where screeners answer criteria instead of giving a verdict, every no must lead to a reason of the stage."""
    for stage, some in zip(STAGES, rules, strict=True):
        codes = [reason.code for reason in some.reasons]
        lost = [c.id for c in criteria if c.reason not in codes]
        if some.mode == "criteria" and (lost or not criteria):
            what = (
                f"needs a reason of the stage for each criterion; without: {', '.join(lost)}"
                if lost
                else "needs criteria"
            )
            hint = f'add reason = "…" to each [[criteria]], one of: {", ".join(codes) or "none is listed yet"}'
            notes.add(f"screening.{stage}.mode", f'"criteria" {what}', hint)


def _rules(table: Reader, *, required: bool) -> StageRules:
    votes = table.whole("votes", 1, 1, 3)
    maybe = table.choice("maybe", ("discuss", "include"), "discuss")
    reason_required = table.flag("reason_required", required)
    mode = table.choice("mode", ("verdict", "criteria"), "verdict")
    conflicts = table.choice("conflicts", ("discuss", "third", "lead"), "discuss")
    flags = {name: table.flag(name, False) for name in ("accelerated", "reason_conflicts", "names_hidden")}
    hide = tuple(h for h in table.texts("hide") if table.one_of("hide", h, ("authors", "journal", "year")))
    reasons: list[Reason] = []
    for entry in table.listed("reasons"):
        code, text = entry.text("code", required=True) or "", entry.text("text", required=True) or ""
        if code and not _CODE.match(code):
            entry.fault("code", f"'{code}' is no code", "lower-case letters, digits, - and _")
        if code in {r.code for r in reasons}:
            entry.fault("code", f"'{code}' is there twice", "each code once per stage")
        entry.close()
        reasons.append(Reason(code, text))
    table.close()
    if reason_required and not reasons:
        table.notes.add(f"{table.path}.reasons", "a reason is required but none is listed", "add reasons = [ … ]")
    return StageRules(
        votes, tuple(reasons), reason_required, cast(Literal["discuss", "include"], maybe),
        cast(Literal["verdict", "criteria"], mode), cast(Literal["discuss", "third", "lead"], conflicts), hide=hide,
        **flags,
    )  # fmt: skip


def _team(top: Reader) -> tuple[Member, ...]:
    members: list[Member] = []
    for table in top.listed("team"):
        name = table.text("name", required=True) or ""
        roles = tuple(r for r in table.texts("roles") if table.one_of("roles", r, get_args(Role))) or ("reviewer",)
        if name in {m.name for m in members}:
            table.fault("name", f"'{name}' is there twice", "sign with different names")
        papers_as = table.texts("papers_as")
        table.close()
        members.append(Member(name, cast(tuple[Role, ...], roles), papers_as))
    return tuple(members)
