"""Texts from templates that a team may replace: Jinja in a sandbox, every value escaped for Markdown. Pure.

What a template is given is listed in docs/writing.md.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateNotFound, Undefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import MAX_RANGE, ImmutableSandboxedEnvironment
from markupsafe import Markup

from reports.narrative.references import mark, safe
from reports.render_markdown import escaped
from reports.words import number
from review.errors import ReviewError
from review.text import many

PROMPT = "[Authors: "
"""How a place begins that an author has to fill in; it can be searched for."""
SHIPPED = "shipped/"
"""Before the name of a template of ours, so that a template of the team's own can extend it."""
_WITHIN = re.compile(r"(?m)^(?!#|\|)(.*\S)\n[ \t]*(?=[^\s|>#])(?![-*+] |\d+[.)] )")
"""A line that the next one goes on from."""
_NUMBER = re.compile(r"\d[\d,]*(\.\d+)?%?")
_LONGEST = 20_000_000
_FAILURES = (
    TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError, MemoryError,
)  # fmt: skip


def rendered(name: str, facts: Mapping[str, Any], own: Mapping[str, str], works: Mapping[str, Any]) -> str:
    """Write a text from its template, with marks where something is cited.

    Parameters
    ----------
    name : str
        ``methods.md.jinja``, ``results.md.jinja`` or ``summary.md.jinja``.
    facts : mapping
        What the template may name.
    own : mapping of str to str
        The team's own templates by name; one of that name takes the place of ours.
    works : mapping
        What can be cited, by key.

    Raises
    ------
    ReviewError
        The template has a fault: which, in which file and line.
    """
    environment = _environment(own)
    environment.globals["cite"] = _citing(works)
    try:
        return _flowing("".join(_bounded(environment.get_template(name).generate(facts))))
    except _FAILURES as error:
        raise _fault(error, name, own) from error


def _bounded(pieces: Iterable[str]) -> Iterator[str]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _LONGEST:
            raise SecurityError(f"it writes more than {_LONGEST:,} characters")
        yield piece


class _Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox in which no power and no repetition makes a value that fills the memory."""

    intercepted_binops = frozenset(["*", "**"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiply small things only."""
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if operator == "**" or not numbers:
            raise SecurityError(f"'{operator}' is for numbers only" if operator == "*" else "there are no powers")
        return super().call_binop(context, operator, left, right)


def _counting() -> Callable[..., range]:
    """Make the ``range`` of one text: all its ranges together have a limit, so that nested loops end."""
    left = [MAX_RANGE]

    def counted(*args: int) -> range:
        made = range(*args)
        left[0] -= len(made)
        if left[0] < 0:
            raise SecurityError(f"its ranges have more than {MAX_RANGE:,} numbers")
        return made

    return counted


def _flowing(text: str) -> str:
    """Put the sentences of a paragraph, which stand on lines of their own in a template, on one line."""
    text = re.sub(r"\n[ \t]*(?=\n\n)", "", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"
    return text if "```" in text else _WITHIN.sub(r"\1 ", text)


def _environment(own: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(
        loader=_Loader(own),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_literal,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"range": _counting()}
    for some, name in (
        (environment.globals, "lipsum"),
        (environment.filters, "center"),
        (environment.filters, "format"),
    ):
        del some[name]  # each can make a text of any length at once
    environment.globals["authors"] = lambda text: Markup(f"**\\{PROMPT}") + _literal(text) + Markup("\\]**")
    environment.filters |= {"listed": _listed, "many": lambda n, noun: _literal(many(n, noun))}
    return environment


def _Loader(own: Mapping[str, str]) -> Any:
    from jinja2 import FunctionLoader

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        if name in own:
            return own[name], f"templates/{name}", lambda: True
        ours = files("reports") / "narrative" / "templates" / name.removeprefix(SHIPPED)
        return (
            (ours.read_text("utf-8"), name, lambda: True)
            if "/" not in name.removeprefix(SHIPPED) and ours.is_file()
            else None
        )

    return FunctionLoader(load)


def _literal(value: Any) -> Any:
    """Write a value so that it means nothing in Markdown; an unknown number is not reported, and not 0."""
    if isinstance(value, (Markup, Undefined)):
        return value
    text = number(value) if value is None or (isinstance(value, int) and not isinstance(value, bool)) else str(value)
    if _NUMBER.fullmatch(text):
        return Markup(text)
    before, after = (" " if text[at].isspace() else "" for at in (0, -1)) if text.strip() else ("", text and " ")
    return Markup(f"{before}{escaped(safe(text))}{after}")


def _listed(values: Sequence[Any], last: str = "and") -> Markup:
    """Write a list in a sentence: ``a, b and c``."""
    texts = [_literal(value) for value in values]
    if len(texts) < 2:
        return Markup("").join(texts)
    return Markup("{} {} {}").format(Markup(", ").join(texts[:-1]), _literal(last), texts[-1])


def _citing(works: Mapping[str, Any]) -> Callable[[Any], Markup]:
    """Make ``cite``: of a study, a report, a work, or of several; nothing is written for none."""

    def keys(one: Any) -> list[str]:
        if isinstance(one, Mapping):
            one = one.get("key", one.get("work"))
        if isinstance(one, str):
            found = works.get(one)
            if found is None:
                raise LookupError(f"there is nothing to cite as '{one}'")
            return list(found) if isinstance(found, tuple) else [one]
        return [key for some in one for key in keys(some)]

    def cite(*what: Any) -> Markup:
        found = list(dict.fromkeys(key for one in what for key in keys(one)))
        return Markup(mark(found) if found else "")

    return cite


def _fault(error: Exception, name: str, own: Mapping[str, str]) -> ReviewError:
    """Say in which file and line a template failed."""
    if isinstance(error, TemplateNotFound):
        return ReviewError(
            f"a template asks for '{error.name}', which is not there", hint=f"templates may extend {SHIPPED}{name}"
        )
    where, line = f"templates/{name}" if name in own else name, getattr(error, "lineno", None)
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.endswith(".md.jinja"):
            where, line = frame.filename, frame.lineno
    at = f", line {line}" if line else ""
    why = str(error) or "it needs more memory than there is"
    return ReviewError(f"{where}{at}: {why}", hint="what a template can name is listed in docs/writing.md")
