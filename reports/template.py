"""The templates of the room: everything put into one is escaped, and a name that is not known is an error."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from reports.table import shown


@cache
def template(name: str) -> Template:
    """Give a template of the room; everything put into it is escaped."""
    loader = PackageLoader("reports", "templates")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["shown"] = shown
    environment.filters["breakable"] = breakable
    environment.filters["px"] = lambda value: f"{value:.1f}".removesuffix(".0")
    return environment.get_template(name)


def breakable(text: str) -> Markup:
    """Escape a text for a page where a line may break within the name of a file.

    >>> str(breakable("tables/<x>_2"))
    'tables/<wbr>&lt;x&gt;_<wbr>2'
    """
    safe = escape(text)
    return Markup(str(safe).replace("/", "/<wbr>").replace("_", "_<wbr>"))
