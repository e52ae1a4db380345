"""What the pages of coding and synthesis share: the framework, codings that a person may see, how codes are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection

from extraction import fillings, library
from extraction.synthesis import coding_page_rows, coding_rows
from extraction.synthesis.matrix import SHOWN
from extraction.synthesis.resolving import Ref, Resolver
from review.errors import ReviewError, StageError
from review.forms import EMERGENT, POLARITIES, Framework
from review.web import Form, Here

Coding = dict[str, Any]
"""A coding as ``coding_rows.codings`` gives it."""

NAV = (
    ("Matrix", "/code"), ("Themes", "/code/themes"), ("Findings", "/code/findings"), ("Configurations", "/code/cmo"),
    ("Codebook", "/code/codebook"), ("Two coders", "/code/compare"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Code:
    """A component, or a theme of one's own: its id, label and gloss; ``subelements`` of the framework, in its order."""

    id: str
    label: str
    gloss: str | None
    subelements: tuple[str, ...] = ()
    emergent: bool = False


def framework_of(at: Here) -> Framework:
    """Give the framework that the protocol names.

    Raises
    ------
    StageError
        It names none.
    """
    if at.protocol.framework is None:
        raise StageError(
            "the protocol names no framework to code under",
            hint='write framework = "bitc-workwell", or the name of a file of your own, under [synthesis]',
        )
    return library.framework(at.protocol.framework, at.folder)


def sheet_of(framework: Framework) -> str:
    """Name the sheet that codings under a framework are filled in."""
    return fillings.framework_sheet(framework)


def seen(connection: Connection, at: Here, framework: Framework, **which: Any) -> list[Coding]:
    """Give the codings that this person may see now; ``which`` as for ``coding_rows.codings``.

    Coded by two, a study is shown to nobody but its own coder until both are done.
    """
    return shown_to(connection, at, framework, coding_rows.codings(connection, **which))


def named(connection: Connection, at: Here, framework: Framework, pairs: Iterable[Ref]) -> dict[Ref, Coding]:
    """Give some codings, (key, coder) each, as far as this person may see them."""
    wanted = set(pairs)
    some = seen(connection, at, framework, keys={key for key, _ in wanted}) if wanted else []
    return {pair: row for row in some if (pair := (row["key"], row["person"])) in wanted}


def shown_to(connection: Connection, at: Here, framework: Framework, found: list[Coding]) -> list[Coding]:
    """Leave out the codings that this person may not see yet."""
    return fillings.seen(connection, at.protocol, sheet_of(framework), found, at.actor.person)


def codes_of(connection: Connection, at: Here, framework: Framework, resolver: Resolver) -> list[Code]:
    """Give the components of the framework, then the emergent themes that are in use or have a name, by label."""
    named = coding_rows.themes(connection)
    used = {row["key"] for row in named if row["merged_into"] is None} | set(resolver.moved.values())
    for row in shown_to(connection, at, framework, coding_page_rows.emergent(connection)):
        used |= {resolver.of(row["key"], row["person"], row[name]) for name in ("component", "subelement") if row[name]}
    gloss = {row["key"]: row["gloss"] for row in named}
    living = {resolver.living(name) for name in used if is_emergent(name)}
    emerged = [Code(name, resolver.label(name), gloss.get(name), emergent=True) for name in living]
    known = [Code(one.id, one.label, one.gloss, one.subelements) for one in framework.components]
    return [*known, *sorted(emerged, key=lambda one: (one.label.casefold(), one.id))]


def is_emergent(name: str) -> bool:
    """Say whether a code is a theme of the team's own."""
    return name.startswith(EMERGENT)


def part_of(row: Coding, theme: str) -> str:
    """Give what groups a coding under a theme: of a component its sub-element, of a theme the component beside it."""
    other = row["subelement"] if row["component"] == theme else row["component"]
    return str(other or "")


def label_of(framework: Framework, resolver: Resolver, name: str | None) -> str:
    """Name a component, sub-element or theme as people do."""
    if name is None:
        return ""
    known = {one.id: one.label for one in framework.components}
    return known.get(name) or resolver.label(name)


def place_of(row: Mapping[str, Any]) -> str | None:
    """Give the address that shows the passage of a coding in its full text; ``None`` when it has no place there."""
    if not row["file"] or not row["quote"]:
        return None
    where = {"file": row["file"], "page": row["place"] or "", "q": row["quote"]}
    return f"/code/{quote(row['study'])}?{urlencode(where)}"


def ref(row: Mapping[str, Any]) -> str:
    """Write which coding is meant as one field of a form: its coder, then its key."""
    return f"{row['person']} {row['key']}"


def refs(form: Form, name: str) -> list[tuple[str, str]]:
    """Read the (key, person) of the codings that were ticked."""
    given = [str(one).partition(" ") for one in form.getlist(name)]
    return [(key, person) for person, _, key in given if key]


def base_of(form: Form) -> str | None:
    """Read which state of a shared thing a page was made from; ``None``: there was none."""
    return str(form.get("base") or "") or None


def problem_of(error: ReviewError) -> str:
    """Say what was refused as one text."""
    message = error.message[:1].upper() + error.message[1:]
    return f"{message}. {error.hint[:1].upper() + error.hint[1:]}." if error.hint else f"{message}."


def common(at: Here, framework: Framework, resolver: Resolver) -> dict[str, Any]:
    """Give what every template of these pages sees."""
    return {
        "nav": NAV, "framework": framework, "person": at.actor.person, "polarities": POLARITIES, "shown_as": SHOWN,
        "label": lambda name: label_of(framework, resolver, name), "emergent": is_emergent, "ref": ref,
        "place_of": place_of,
    }  # fmt: skip
