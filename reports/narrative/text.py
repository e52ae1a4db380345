"""The texts of a review, each written once when it is first asked for: methods, results and the one-page summary."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from reports.narrative import process, references, results, summary
from reports.narrative.references import Item
from reports.narrative.rendering import PROMPT, rendered
from review.forms import Instrument
from review.record import Record
from review.text import many

if TYPE_CHECKING:
    from reports.material import Material

TEMPLATES = ("methods.md.jinja", "results.md.jinja", "summary.md.jinja")
"""What a team can put into the folder ``templates`` of its review to replace one of ours."""


class Narrative:
    """What is written of a review. Numbers of citations run through methods and results."""

    def __init__(self, m: Material) -> None:
        self._m = m

    @property
    def methods(self) -> str:
        """The methods section, Markdown."""
        return self._sections[0]

    @property
    def results(self) -> str:
        """The results section, Markdown, with the references of both sections."""
        return self._sections[1]

    @cached_property
    def summary(self) -> str:
        """The page for a supervisor, Markdown."""
        told = {**self._facts, "state": summary.facts(self._m)}
        return rendered("summary.md.jinja", told, self._m.handed.own, self._works)

    def prompts(self, names: Iterable[str]) -> Iterator[str]:
        """Say how many places of some sections wait for the authors."""
        for name in names:
            n = getattr(self, name).replace("\\", "").count(PROMPT)
            if n:
                where = f"{name}.md and {name}.docx have {many(n, 'place')} for the authors to write"
                yield f"{where}: search for {PROMPT.strip()}"

    @cached_property
    def _facts(self) -> dict[str, Any]:
        return {**process.facts(self._m), **results.facts(self._m)}

    @cached_property
    def _sections(self) -> tuple[str, str]:
        m = self._m
        style = references.style_text(m.protocol.reporting.style, m.handed.own)
        drafts = [rendered(name, self._facts, m.handed.own, self._works) for name in TEMPLATES[:2]]
        items = {key: one for key, one in self._works.items() if not isinstance(one, tuple)}
        methods, results = references.cited(drafts, items, style)
        return _whole(methods.text, methods.references), _whole(results.text, results.every)

    @cached_property
    def _works(self) -> dict[str, Item | tuple[str, ...]]:
        """Everything that can be cited, by key; a study is cited by its reports."""
        m = self._m
        found: dict[str, Item | tuple[str, ...]] = {**_known()}
        for one in m.instruments:
            found.setdefault(one.name, _instrument(one))
        for study in m.studies:
            found[results.STUDY + study.key] = tuple(f"report:{paper.report}" for paper in study.papers)
            found |= {f"report:{paper.report}": references.item(paper.record) for paper in study.papers}
        for paper in m.excluded if len(m.excluded) <= results.CITED else ():
            found[f"report:{paper.report}"] = references.item(paper.record)
        return found


def _instrument(one: Instrument) -> Item:
    """Give an instrument without a paper of its own as a CSL item."""
    dated = one.edition.isdecimal() and len(one.edition) == 4
    title = one.label if dated else f"{one.label}, {one.edition}"
    return references.item(Record(title=title, date=one.edition if dated else None, url=one.url, kind="web"))


def _known() -> dict[str, Item]:
    told = tomllib.loads((files("reports") / "narrative" / "works.toml").read_text("utf-8"))
    return {key: _item(one) for key, one in told.items()}


def _item(one: dict[str, Any]) -> Item:
    people = [name.partition(", ") for name in one["author"]]
    return {
        **{name: value for name, value in one.items() if name not in ("author", "year")},
        "author": [{"family": family, "given": given} for family, _, given in people],
        "issued": {"date-parts": [[one["year"]]]},
    }


def _whole(text: str, cited: Sequence[str]) -> str:
    """Put the references below a text."""
    if not cited:
        return text.rstrip() + "\n"
    lines = ["References", *cited]
    return text.rstrip() + "\n\n## " + "\n\n".join(lines) + "\n"
