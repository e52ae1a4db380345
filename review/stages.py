"""The composition root: an opened review, and the stages with what they read and write.

The only module that knows every stage. Nothing here prints; ``review.cli`` and ``review.site`` call it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from review.errors import Fault, ProtocolError, ReviewError, StageError
from review.protocol import STAGES, Protocol, read_protocol
from review.protocol.faults import meant
from review.protocol.rights import Right, require
from review.store import Actor, Store, open_store
from review.store.engine import holds_review, utc_now
from review.store.events import SOFTWARE, enrol
from review.store.protocols import Move, effect, put_in_force
from review.store.tally import Tally, tally
from review.store.withheld import cited_as

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from reports.build import Built
    from reports.material import Material
    from reports.narrative.handed import Handed
    from reports.search_facts import Known
    from review.agreement import Rated
    from review.forms import Form, Instrument

PROTOCOL_FILE = "protocol.toml"
TEMPLATE_FOLDER = "templates"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An opened review folder."""

    folder: Path
    protocol: Protocol
    store: Store
    environ: Mapping[str, str]

    def actor(self, name: str | None, right: Right = "see") -> Actor:
        """Say who acts and needs a right for it; without a name, the only member of the team.

        Raises
        ------
        StageError
            Nobody was named and the team has several members, or the name is not in the team.
        RoleError
            No role of the person has the right.
        """
        members = [m.name for m in self.protocol.team]
        if name is None and len(members) == 1:
            name = members[0]
        if name is None:
            raise StageError("who acts is not known", hint="say --as NAME, or set REVIEW_USER")
        if members and name not in members:
            raise StageError(
                f"{name} is not in the team ({', '.join(members)})",
                hint="add the person under [[team]] in protocol.toml",
            )
        require(self.protocol, name, right)
        return self._sign(name)

    def software(self) -> Actor:
        """Give the actor under whose name rules act."""
        return self._sign(SOFTWARE)

    def _sign(self, name: str) -> Actor:
        with self.store.write() as connection:
            return Actor(enrol(self.store, connection, name), self.protocol.hash)


def open_workspace(
    folder: Path,
    environ: Mapping[str, str],
    *,
    clock: Callable[[], str] = utc_now,
    mint: Callable[[], str] | None = None,
) -> Workspace:
    """Open a review folder: read its protocol, open its database, put the protocol in force when it changed.

    Raises
    ------
    StageError
        The folder has no protocol.
    ProtocolError
        The protocol has faults.
    """
    path = folder / PROTOCOL_FILE
    if not path.is_file():
        raise StageError(
            f"{folder} is no review folder: it has no {PROTOCOL_FILE}", hint=f"make one with: review init {folder}"
        )
    protocol = read_protocol(path.read_bytes())
    store = open_store(folder, url=environ.get("REVIEW_DATABASE"), clock=clock, mint=mint)
    protocol = _as_cited(store, protocol)
    put_in_force(store, protocol.hash, protocol.text, _rules(protocol), lambda held: _release(store, held, protocol))
    return Workspace(folder, protocol, store, environ)


def _as_cited(store: Store, protocol: Protocol) -> Protocol:
    """Give a protocol the hash that the log knows it by: in a public copy its text was changed to hide names."""
    with store.read() as connection:
        return replace(protocol, hash=cited_as(connection, protocol.hash))


def _release(store: Store, connection: Connection, protocol: Protocol) -> None:
    """Let nothing wait for those whom a new protocol does not let vote any more."""
    from screening.handover import release_departed

    release_departed(store, connection, protocol, Actor(enrol(store, connection, SOFTWARE), protocol.hash))


def effect_of(protocol: Protocol, folder: Path, environ: Mapping[str, str]) -> tuple[tuple[Move, ...], tuple[str, ...]]:
    """Say what putting a protocol in force would change: where reports stand, and what to look at again.

    Nothing is changed; both are empty when there is no review yet, or the protocol is in force already.
    """
    from screening.rule_changes import second_looks

    url = environ.get("REVIEW_DATABASE")
    if not holds_review(folder, url):
        return (), ()
    store = open_store(folder, url=url)
    protocol = _as_cited(store, protocol)
    found = effect(store, protocol.hash, protocol.text, _rules(protocol), lambda held: _release(store, held, protocol))
    store.close()
    if found is None:
        return (), ()
    try:
        before = read_protocol(found.text.encode())
    except ProtocolError:  # written for an older version of this program
        return found.moves, ("the protocol in force cannot be read any more: compare reasons and criteria yourself",)
    return found.moves, tuple(second_looks(before, protocol))


def _rules(protocol: Protocol) -> dict[str, dict[str, Any]]:
    """Give what of a protocol decides where reports stand, as plain data: the store does not know protocols."""
    return {
        stage: {
            "votes": protocol.rules(stage).votes,
            "maybe": protocol.rules(stage).maybe,
            "reasons": [r.code for r in protocol.rules(stage).reasons],
            "remove_unmatched": protocol.remove_unmatched,
            "accelerated": protocol.rules(stage).accelerated,
            "reason_conflicts": protocol.rules(stage).reason_conflicts,
        }
        for stage in STAGES
    }


def _faults_of(kind: str, name: str, folder: Path) -> Iterator[Fault]:
    """Read a file of the team's own, and give its faults with its name."""
    from extraction import library

    read = {"forms": library.form, "frameworks": library.framework, "instruments": library.instrument}[kind]
    try:
        read(name, folder)
    except ProtocolError as error:
        for fault in error.faults or (Fault("the file", error.message, error.hint),):
            yield replace(fault, where=f"{name}, {fault.where}")


def names_not_known(protocol: Protocol, folder: Path | None = None) -> tuple[Fault, ...]:
    """Name what a protocol mentions and the rooms do not have: sources, platforms, form, framework, instruments.

    With the review's ``folder``, the faults of the team's own files of these are told too.
    """
    from extraction import library
    from review.protocol import levels
    from screening.own_papers import read_name
    from searches.citing import CITING
    from searches.dialects import DIALECTS
    from searches.fulltext.stations import LOCATORS
    from searches.registry import SOURCES

    faults: list[Fault] = []

    def look(where: str, name: str, known: Iterable[str], what: str) -> None:
        known = sorted(known)
        if name not in known:
            faults.append(
                Fault(where, f"there is no {what} '{name}'", meant(name, known) or f"known: {', '.join(known)}")
            )

    for source in protocol.sources:
        look(f"sources.{source.name}", source.name, [*SOURCES, *CITING, *LOCATORS], "source")
        parts = SOURCES[source.name].about.collections if source.name in SOURCES else ()
        for collection in source.collections:
            look(f"sources.{source.name}.collections", collection, dict(parts), "collection")
    for platform in protocol.platforms:
        look(f"platforms.{platform.id}.platform", platform.platform, [*DIALECTS, "other"], "platform")
    for kind, names in (
        ("forms", [protocol.proforma]),
        ("frameworks", [protocol.framework]),
        ("instruments", protocol.instruments),
    ):
        for name in names:
            if name and not name.endswith(".toml"):
                look(f"synthesis ({kind})", name, library.names(kind), kind.removesuffix("s"))
            elif name and folder is not None:
                faults += _faults_of(kind, name, folder)
    shipped = [library.instrument(name) for name in protocol.instruments if name in library.names("instruments")]
    if len(shipped) == len(protocol.instruments):
        codes = sorted({option.code for one in shipped for option in one.responses})
        faults += levels.faults(protocol.synthesis.levels, codes)
    for member in protocol.team:
        for name in member.papers_as:
            if not read_name(name).given:
                faults.append(
                    Fault("team", f"papers_as of {member.name}: '{name}' could be anybody", 'write "Smith, A"')
                )
    return (*faults, *_of_reports(protocol, folder))


def _of_reports(protocol: Protocol, folder: Path | None) -> Iterator[Fault]:
    """Give the faults of ``[reports]``: what it names that is not there."""
    from extraction import library
    from reports import choices

    styles = [path.name for path in folder.glob("*.csl")] if folder is not None else [protocol.reporting.style]
    fields: tuple[str, ...] | None = ()
    if protocol.proforma:
        try:
            fields = tuple(field.id for field in library.form(protocol.proforma, folder).fields)
        except ReviewError:
            fields = None  # a fault of its own
    yield from choices.faults(protocol.reporting, fields, styles)


def write_reports(
    workspace: Workspace,
    *,
    formats: Collection[str] | None = None,
    only: Collection[str] | None = None,
    ppi: int | None = None,
) -> Built:
    """Write ``out/`` from one reading of the store; PNG at ``ppi`` dots per inch, or at what is usual."""
    from reports.build import build

    with workspace.store.read() as connection, unswept():
        material, today = material_of(workspace, connection), workspace.store.clock()[:10]
        material = replace(material, ppi=ppi) if ppi else material
        return build(material, workspace.folder / "out", formats=formats, only=only, today=today)


@contextmanager
def unswept() -> Iterator[None]:
    """Look for no cycles among what is read: all of it is wanted to the end, and looking takes a third of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        (gc.enable if on else gc.disable)()


def material_of(workspace: Workspace, connection: Connection) -> Material:
    """Give what reports show, with the form, framework and instruments of the protocol."""
    from extraction import final, library
    from reports.material import Material

    protocol, folder = workspace.protocol, workspace.folder
    form = library.form(protocol.proforma, folder) if protocol.proforma else None
    framework = library.framework(protocol.framework, folder) if protocol.framework else None
    instruments = tuple(library.instrument(name, folder) for name in protocol.instruments)
    material = Material(
        connection, protocol, form, framework, instruments,
        lambda: final.extracted(connection, protocol, form, framework, instruments), lambda: _known(protocol),
        lambda: _handed(workspace, connection, material), lambda: _agreed(connection, material),
    )  # fmt: skip
    return material


def _agreed(connection: Connection, m: Material) -> tuple[Rated, ...]:
    """Give how well people agree who worked independently of each other, at each step."""
    from extraction import agreeing
    from extraction.synthesis import coders
    from screening import reliability

    filled: list[Form | Instrument] = [one for one in m.instruments if one.of == "study"]
    return (
        *reliability.rated(connection, m.protocol),
        *agreeing.rated(connection, m.protocol, [*([m.form] if m.form else []), *filled]),
        *(coders.rated(connection, m.protocol, m.framework) if m.framework else ()),
    )


def _handed(workspace: Workspace, connection: Connection, m: Material) -> Handed:
    """Give the texts of a report what the checks of the synthesis name, what comes next, and the team's own files."""
    from extraction.synthesis import checking, checks
    from reports.narrative.handed import Handed

    found: tuple[checks.Gap, ...] = ()
    if m.framework is not None:
        known = checking.known(connection, m.protocol, m.framework, form=m.form, instruments=m.instruments)
        found = checks.gaps(known)
    return Handed(tuple(gap.what for gap in found), _own_texts(workspace), next_step(tally(connection)))


def _own_texts(workspace: Workspace) -> dict[str, str]:
    """Read the team's own templates (``templates/*.md.jinja``) and the citation style that the protocol names."""
    from reports.narrative.text import TEMPLATES

    texts = {}
    for path in sorted((workspace.folder / TEMPLATE_FOLDER).glob("*.md.jinja")):
        if path.name not in TEMPLATES:
            hint = meant(path.name, TEMPLATES) or f"there are: {', '.join(TEMPLATES)}"
            raise StageError(f"{TEMPLATE_FOLDER}/{path.name} takes the place of no text", hint=hint)
        texts[path.name] = _own_text(path, f"{TEMPLATE_FOLDER}/{path.name}")
    style = workspace.protocol.reporting.style
    path = workspace.folder / style
    if style.endswith(".csl") and path.is_file() and path.resolve().is_relative_to(workspace.folder.resolve()):
        texts[style] = _own_text(path, style)
    return texts


def _own_text(path: Path, name: str) -> str:
    """Read a text file of the team's own."""
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StageError(f"{name} is not UTF-8", hint="save it as UTF-8") from error
    except OSError as error:
        raise StageError(f"{name} cannot be read: {error.strerror}", hint="put a text file in its place") from error


def _known(protocol: Protocol) -> Known:
    """Give what the search appendix says of interfaces and rules that the log only names."""
    from reports.search_facts import Interface, Known
    from searches.dedupe import REASONS
    from searches.dialects import PASTED
    from searches.registry import SOURCES
    from searches.strategies import spell

    asked = {("api", name): Interface(s.about.label, s.about.docs, s.about.checked) for name, s in SOURCES.items()}
    pasted = {("file", name): Interface(d.label, d.docs, d.checked) for name, d in PASTED.items()}
    losses = {(s.source, s.strategy): [asdict(loss) for loss in s.losses] for s in spell(protocol)}
    return Known({**asked, **pasted}, REASONS, losses)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a review: what it reads and writes, when it is due, and the command that does it."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    due: Callable[[Tally], bool]
    say: str


STEPS: tuple[Step, ...] = (
    Step("search", ("protocol.toml", "imports/"), ("search", "page", "record", "report"),
         lambda t: not t.searches, "review search, and review import for each export file"),
    Step("search again", ("search",), ("search", "page", "record", "report"),
         lambda t: t.unfinished_searches > 0, "some searches are not complete: review search resumes them"),
    Step("dedupe", ("record",), ("event", "report", "pair"),
         lambda t: t.new_records > 0, "review dedupe"),
    Step("pairs", ("pair",), ("event", "pair", "report"),
         lambda t: t.unjudged_pairs > 0, "judge the possible duplicates: review pairs list"),
    Step("screen title-abstract", ("report", "record"), ("event", "decision", "standing"),
         lambda t: t.title_abstract.get("waiting", 0) + t.title_abstract.get("started", 0) > 0,
         "screen titles and abstracts: review serve, or review screen --stage title-abstract"),
    Step("conflicts", ("decision",), ("event", "resolution", "standing"),
         lambda t: t.conflicts > 0, "resolve the conflicts: review serve, or review screen --stage … conflicts"),
    Step("screen full-text", ("report", "retrieval"), ("event", "decision", "standing"),
         lambda t: t.full_text.get("waiting", 0) + t.full_text.get("started", 0) > 0,
         "assess the full texts: review serve, or review screen --stage full-text"),
    Step("extract", ("study",), ("event", "answer"),
         lambda t: t.included_studies > t.extracted_studies, "extract the included studies: review extract out FILE"),
    Step("code", ("study",), ("event", "coding"),
         lambda t: t.included_studies > t.coded_studies, "code the findings: review code out FILE"),
    Step("report", ("event",), ("out/",), lambda t: t.included_studies > 0, "review report"),
)  # fmt: skip
"""The stages in order; the first one due is the next step."""


def next_step(now: Tally) -> str:
    """Say in one line what comes next."""
    return next((step.say for step in STEPS if step.due(now)), "nothing is included yet: look at the criteria again")
