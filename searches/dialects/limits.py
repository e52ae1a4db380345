"""Print a protocol's limits on dates and languages as a platform takes them; what is not asked is a loss."""

from __future__ import annotations

import calendar
from datetime import date

from review.formats.languages import language
from review.protocol.model import Limits
from review.query import LANGUAGES
from searches.dialects.model import Dialect
from searches.source import Loss

_OPEN_START, _OPEN_END = date(1800, 1, 1), date(3000, 12, 31)
"""Stand for a missing end of a range; PubMed's help itself writes 3000 for the present."""

_LANGUAGES = {code: name.title() for name, code in LANGUAGES.items()}


def days(limits: Limits) -> tuple[date, date] | None:
    """Give the first and the last day of the dates that the protocol allows, ``None`` without a limit.

    >>> days(Limits(start="2006-01", end="2016-02"))
    (datetime.date(2006, 1, 1), datetime.date(2016, 2, 29))
    """
    if limits.start is None and limits.end is None:
        return None
    start, end = _OPEN_START, _OPEN_END
    if limits.start is not None:
        start = date.fromisoformat((limits.start + "-01-01")[:10])
    if limits.end is not None:
        year, month, day = ([int(part) for part in limits.end.split("-")] + [0, 0])[:3]
        month = month or 12
        end = date(year, month, day or calendar.monthrange(year, month)[1])
    return start, end


def printed(limits: Limits, dialect: Dialect) -> tuple[tuple[str, ...], tuple[Loss, ...]]:
    """Print what the platform can be asked of language and dates, and list the rest as losses."""
    language, language_losses = _language(limits, dialect)
    dates, date_losses = _dates(limits, dialect)
    kinds = [Loss("document kinds are not asked: they are limited after retrieval", "broader")] if limits.kinds else []
    return (*language, *dates), (*language_losses, *date_losses, *kinds)


def _dates(limits: Limits, dialect: Dialect) -> tuple[tuple[str, ...], tuple[Loss, ...]]:
    span = days(limits)
    if span is None:
        return (), ()
    start, end = span
    facts = dialect.dates
    template = (limits.end is None and facts.since) or (limits.start is None and facts.until) or facts.template
    text = template.format(start=start, end=end, before=start.year - 1, after=end.year + 1)
    if not facts.whole_years or (start.strftime("%m%d"), end.strftime("%m%d")) == ("0101", "1231"):
        return (text,), ()
    what = f"dates are asked by whole years: {start.year} to {end.year}"
    return (text,), (Loss(what, "broader"),)


def _language(limits: Limits, dialect: Dialect) -> tuple[tuple[str, ...], tuple[Loss, ...]]:
    if not limits.languages:
        return (), ()
    names = [_LANGUAGES.get(language(code)) for code in limits.languages]
    if dialect.language is None or None in names:
        return (), (Loss("language is not asked: it is limited after retrieval, unknown stays in", "broader"),)
    texts = [dialect.language.format(name=name, lower=name.lower()) for name in names if name]
    joined = dialect.operators[1].join(texts)
    return (joined if len(texts) == 1 else f"({joined})",), ()
