"""HTML pages that need nothing else: style and script inside, no other file, no request to any host."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from reports.plots.canvas import dark_rules
from reports.table import Table
from reports.template import template


def page(tables: Sequence[Table], *, title: str) -> str:
    """Write tables as one page."""
    return rendered("tables.html", {"title": title, "tables": tables})


def rendered(name: str, values: Mapping[str, Any], *, script: str = "") -> str:
    """Fill a template that extends ``page.html``.

    Parameters
    ----------
    values : mapping
        What the template shows; ``title`` is needed. Everything is escaped but ``Markup``.
    script : str
        The one script of the page, such as ``asset("records.js")``. A browser runs no other, and asks no host for
        anything: the page's Content-Security-Policy names style and script by their hash.
    """
    style = asset("page.css") + dark_rules()
    own = f" 'sha256-{_hash(script)}'" if script else " 'none'"
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{_hash(style)}'; script-src{own}; base-uri 'none';"
        " form-action 'none'"
    )
    return template(name).render(policy=policy, style=Markup(style), script=Markup(script), **values)


@cache
def asset(name: str) -> str:
    """Give a file of ``offline/static``."""
    return (files("reports.offline") / "static" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
