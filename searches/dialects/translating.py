"""From a query and its limits to what one source or platform is asked, whole or in parts."""

from __future__ import annotations

from review.errors import NotExpressible
from review.protocol.model import Limits
from review.query import And, Node, Not
from searches.dialects.leaving import askable
from searches.dialects.limits import printed
from searches.dialects.losses import Ledger
from searches.dialects.model import Dialect
from searches.dialects.printer import Printer
from searches.dialects.rewriting import rewritten
from searches.dialects.splitting import MOST_PARTS, excess, split
from searches.source import Loss, Translation


def translate(query: Node, limits: Limits, dialect: Dialect) -> Translation:
    """Print a query with its limits.

    Parameters
    ----------
    query : Node
    limits : Limits
        ``fields`` is where terms without a field of their own are looked for; ``words`` are what wildcards stand for.
    dialect : Dialect

    Returns
    -------
    Translation
        The text to send or to paste, the parts to ask instead where it is too long for one search, and the losses in
        the order of the query, each once.

    Raises
    ------
    NotExpressible
        What the whole query needs: a stem is too short, ``?`` cannot be asked, a field is not there, or NOT has
        nothing to take away from. One of several alternatives is left out instead, as a loss.
    """
    ledger = Ledger()
    asked = rewritten(query, limits.words, dialect, ledger)
    try:
        lines = Printer(dialect, ledger).lines(asked, limits.fields)
    except NotExpressible:
        ledger = Ledger()
        asked = askable(rewritten(query, limits.words, dialect, ledger), limits.fields, dialect, ledger)
        lines = Printer(dialect, ledger).lines(asked, limits.fields)
    parts, size = _parts(asked, lines, limits, dialect)
    late = printed(limits, dialect)[1]
    losses = tuple(dict.fromkeys((*ledger.losses, *size, *late, *dialect.losses)))
    return Translation(_limited(asked, lines, limits, dialect), losses, parts)


def _parts(query: Node, lines: list[str], limits: Limits, dialect: Dialect) -> tuple[tuple[str, ...], tuple[Loss, ...]]:
    """Print the parts of a query that is too long for one search, ``()`` for one that is not."""

    def spelled(node: Node) -> list[str]:
        return Printer(dialect, Ledger()).lines(node, limits.fields)

    what = excess("\n".join(lines), dialect)
    if what is None:
        return (), ()
    nodes = split(query, lambda node: excess("\n".join(spelled(node)), dialect) is None, MOST_PARTS[dialect.kind])
    if nodes is None:
        return (), (Loss(f"{what}: split the strategy", "impossible"),)
    loss = Loss(f"{what}: it is asked in {len(nodes)} parts, which find together what the whole would find", "none")
    return tuple(_limited(node, spelled(node), limits, dialect) for node in nodes), (loss,)


def _limited(query: Node, lines: list[str], limits: Limits, dialect: Dialect) -> str:
    """Put the limits behind a printed query."""
    text, parts = "\n".join(lines), printed(limits, dialect)[0]
    if not parts:
        return text
    if "AND {limits}" in dialect.limited and not _is_plain_and(query):
        text = f"({text})"
    joined = dialect.limit_joint.join(parts)
    return dialect.limited.format(query=text, limits=joined, last=len(lines), following=len(lines) + 1)


def _is_plain_and(query: Node) -> bool:
    return isinstance(query, And) and not any(isinstance(item, Not) for item in query.items)
