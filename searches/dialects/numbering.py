"""Print a query as the numbered lines of a platform's search history, to run one after the other or to publish."""

from __future__ import annotations

from dataclasses import replace

from review.protocol.model import Limits
from review.query import And, Field, Node
from searches.dialects.limits import printed
from searches.dialects.model import Dialect, History
from searches.dialects.translating import translate

HISTORIES: dict[str, History] = {
    "pubmed": History("#{} ", "#{}"),  # https://pubmed.ncbi.nlm.nih.gov/help/#using-search-history
    "ebscohost": History("S{} ", "S{}"),  # https://connect.ebsco.com/, not compared yet
    "proquest": History("S{} ", "[S{}]"),  # https://proquest.libguides.com/proquestplatform/tips, not compared yet
    "web_of_science": History("#{} ", "#{}"),  # https://webofscience.help.clarivate.com/, not compared yet
    "embase": History("#{} ", "#{}"),  # https://www.elsevier.support/embase/, not compared yet
}
"""How those platforms number the lines of a history whose search field takes one line at a time. The others with a
history take all lines at once: there they are the query itself (``Dialect.history``)."""


def by_line(query: Node, limits: Limits, dialect: Dialect) -> tuple[str, ...]:
    """Give the lines of a query that joins several things, ``()`` where there is one line only or no history.

    Raises
    ------
    NotExpressible
        As ``translate``.
    """
    if not _joins(query):
        return ()
    if dialect.history is not None:
        return tuple(translate(query, limits, dialect).text.splitlines())
    history = HISTORIES.get(dialect.name)
    if history is None:
        return ()
    free = replace(limits, start=None, end=None, languages=(), kinds=())
    lines = translate(query, free, replace(dialect, history=history)).text.splitlines()
    asked = printed(limits, dialect)[0]
    if asked:
        limited = dialect.limit_joint.join((history.reference.format(len(lines)), *asked))
        lines.append(history.label.format(len(lines) + 1) + limited)
    return tuple(lines)


def _joins(query: Node) -> bool:
    return isinstance(query.item if isinstance(query, Field) else query, And)
