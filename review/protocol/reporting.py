"""Read ``[reports]`` and ``[previous]`` of a protocol: how reports are written, and what this review updates. Pure."""

from __future__ import annotations

from review.protocol.faults import Reader
from review.protocol.model import Previous, Remark, Reporting

LANGUAGES = ("en", "de", "es", "fr")
OPTIONAL_BOXES = ("appraisal", "synthesis")


def read_reporting(top: Reader) -> Reporting:
    """Read both tables; what is not there has its default."""
    table = top.table_of("reports")
    reporting = Reporting(
        language=table.choice("language", LANGUAGES, "en"),
        title_abstract_reasons=table.flag("title_abstract_reasons", False),
        after_duplicates=table.flag("after_duplicates", False),
        hide_empty=table.flag("hide_empty", False),
        boxes=tuple(box for box in table.texts("boxes") if table.one_of("boxes", box, OPTIONAL_BOXES)),
        research=table.texts("research"),
        other=table.texts("other"),
        style=table.text("style") or "vancouver",
        licence=table.text("licence"),
        footnotes=tuple(_remark(entry) for entry in table.listed("footnotes")),
        previous=_previous(top),
    )
    table.close()
    return reporting


def _remark(table: Reader) -> Remark:
    box, text = table.text("box", required=True), table.text("text", required=True)
    table.close()
    return Remark(box or "", text or "")


def _previous(top: Reader) -> Previous | None:
    if "previous" not in top.table:
        top.known.append("previous")
        return None
    table = top.table_of("previous")
    studies, reports = _count(table, "studies"), _count(table, "reports")
    if studies is not None and reports is not None and reports < studies:
        table.fault("reports", f"{reports} reports cannot be of {studies} studies: every study has one or more")
    previous = Previous(studies, reports, table.text("cite"), table.texts("also"))
    if studies is not None and len(set(previous.also)) > studies:
        table.fault("also", f"names {len(set(previous.also))} studies, but the earlier version included {studies}")
    table.close()
    return previous


def _count(table: Reader, key: str) -> int | None:
    """Read a number that may be left out, which is not 0."""
    n = table.whole(key, -1, 0, 1_000_000)
    return None if n < 0 else n
