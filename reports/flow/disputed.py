"""Name the records on which the two sides of an identity differ, for the error that says so. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

LISTS = {
    "databases": "database_results", "registers": "register_results", "dbr_reasons": "dbr_excluded",
    "other_reasons": "other_excluded", "title_abstract_reasons": "records_excluded",
}  # fmt: skip
"""A list of counts in an identity -> the box that it splits."""
_NAMED = 10


def disputed(says: str, listed: Mapping[str, Sequence[int]], roots: Mapping[int, int]) -> str:
    """Name the reports that stand on one side of an identity only.

    Parameters
    ----------
    says : str
        The identity, over the fields of Flow.
    listed : mapping
        Field -> the records that it counts (``members``).
    roots : mapping
        Record -> the report that it belongs to: boxes of records and of reports list different ones of one report.

    Returns
    -------
    str
        ``"; only left: report 3, 7"``; empty where a term counts no records, such as studies.

    Examples
    --------
    >>> disputed("sought - lost = assessed", {"sought": (1, 2, 3), "lost": (3,), "assessed": (1, 4)}, {})
    '; only left: report 2; only right: report 4'
    """
    relation = "<=" if "<=" in says else "="
    sides = [_side(text, listed, roots) for text in says.split(f" {relation} ")]
    if None in sides:
        return ""
    left, right = (side or Counter[int]() for side in sides)
    more = ("only left", left - right), ("only right", right - left if relation == "=" else Counter[int]())
    return "".join(f"; {where}: report {_named(sorted(reports))}" for where, reports in more if reports)


def _side(text: str, listed: Mapping[str, Sequence[int]], roots: Mapping[int, int]) -> Counter[int] | None:
    total, sign = Counter[int](), 1
    for word in text.split():
        if word in "+-":
            sign = -1 if word == "-" else 1
            continue
        records = _records(word, listed)
        if records is None:
            return None
        for record in records:
            total[roots.get(record, record)] += sign
    return total


def _records(word: str, listed: Mapping[str, Sequence[int]]) -> Sequence[int] | None:
    if word in LISTS:
        return [one for key, some in listed.items() if key.startswith(f"{LISTS[word]}:") for one in some]
    return None if word == "new_studies" else listed.get(word)


def _named(reports: Sequence[int]) -> str:
    more = len(reports) - _NAMED
    return ", ".join(map(str, reports[:_NAMED])) + (f" and {more:,} more" if more > 0 else "")
