"""Which names of ``[reports]`` nothing stands behind: boxes, fields of the proforma, citation styles. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reports.flow.counts import NOTED
from reports.narrative.references import STYLES
from review.errors import Fault
from review.protocol.faults import meant
from review.protocol.model import Reporting


def faults(reporting: Reporting, fields: Collection[str] | None, styles: Collection[str]) -> Iterator[Fault]:
    """Name every fault, with what was perhaps meant.

    Parameters
    ----------
    reporting : Reporting
        What the protocol says.
    fields : collection of str or None
        The ids of the proforma's fields; ``None`` when it cannot be read, which is a fault of its own.
    styles : collection of str
        The citation styles of the review folder, by file name.
    """
    for at, remark in enumerate(reporting.footnotes, start=1):
        yield from _look(f"reports.footnotes[{at}].box", remark.box, NOTED, "box of the flow diagram")
    if fields is not None:
        for key in ("research", "other"):
            for name in getattr(reporting, key):
                yield from _look(f"reports.{key}", name, fields, "field of the proforma")
    yield from _look("reports.style", reporting.style, (*STYLES, *styles), "citation style")


def _look(where: str, name: str, known: Collection[str], what: str) -> Iterator[Fault]:
    if name not in known:
        hint = meant(name, known) or (f"known: {', '.join(known)}" if known else "the protocol names no proforma")
        yield Fault(where, f"there is no {what} '{name}'", hint)
