"""What sources write into a date, a name, a page range, a serial number or an address, and the one spelling we keep.

Pure functions on one value each; which tag or column a value came from is the readers' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote, urlsplit, urlunsplit

from review import identifiers

_MONTHS = {"janfebmaraprmayjunjulaugsepoctnovdec"[3 * i : 3 * i + 3]: i + 1 for i in range(12)}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_NUMBERS = re.compile(r"(1[5-9]\d\d|20\d\d)(?!\d)(?:[-/. ]+(\d{1,2})(?!\d)(?:[-/. ]+(\d{1,2})(?!\d))?)?")
_COMPACT = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)([01]\d)([0-3]\d)(?!\d)")
_WORDY = re.compile(r"(?:(\d{1,2})\s+)?\b([A-Za-z]{3,9})\b\.?(?:\s+(\d{1,2})(?!\d))?")
_RANGE = re.compile(r"[A-Za-z]\.?(?:\s+\d{1,2})?(?:,?\s+\d{4})?\s*[-/\u2013]\s*(?:\d{1,4}\s+)?[A-Za-z]")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PURE_DATE = re.compile(r"\d{4}(?:[-/]\d{0,2}){0,2}/*\Z")
"""A date value that holds nothing but year, month and day."""


@lru_cache(maxsize=4096)
def date(value: str) -> str | None:
    """Give a date as ISO 8601, cut to what the source knew, or ``None`` when no year can be told.

    A range of months or a season is known to the year only; so is a month written as one of two numbers (12/05/2014).

    >>> date("2014/05/31/"), date("2000///"), date("1948/07//"), date("2018/02/03/2018- -21")
    ('2014-05-31', '2000', '1948-07', '2018-02-03')
    >>> date("2010 Jan-Feb"), date("25 Aug 2004"), date("2019 Oct 3"), date("Start date: 20170812"), date("10 15")
    ('2010', '2004-08-25', '2019-10-03', '2017-08-12', None)
    >>> date("DEC 2016-JAN 2017"), date("2015 DEC 25-JAN 1")
    ('2016', '2015')
    """
    numbers = _NUMBERS.match(value)
    if numbers and not value[numbers.end() : numbers.end() + 1].isalpha():
        year, month, day = numbers.groups()
        if month or not re.search("[A-Za-z]", value):
            return _iso(year, int(month or 0), int(day or 0))
    compact = _COMPACT.search(value)
    if compact:
        return _iso(compact[1], int(compact[2]), int(compact[3]))
    found = _YEAR.search(value)
    if not found:
        return None
    return _worded(found[1], value[: found.start()] + " " + value[found.end() :], ranged=bool(_RANGE.search(value)))


def _worded(year: str, rest: str, *, ranged: bool) -> str:
    for before, word, after in _WORDY.findall(rest):
        month = _MONTHS.get(word[:3].casefold())
        if month and not ranged:
            return _iso(year, month, int(after or before or 0))
    return year


def _iso(year: str, month: int, day: int) -> str:
    if not 1 <= month <= 12:
        return year
    return f"{year}-{month:02}-{day:02}" if 1 <= day <= _DAYS[month - 1] else f"{year}-{month:02}"


_INITIALS = re.compile(r"(?:[^\W\d_]\.[- ]?){1,4}\Z")
_BARE_INITIALS = re.compile(r"[A-Z](?:-?[A-Z]){0,3}\Z")
_AND = re.compile(r"\s+and\s+")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|['\"].*\Z", re.DOTALL)
"""A text in quotation marks; one that is never closed takes all that follows, so that it is looked for once only."""


def _printed(value: str) -> list[str]:
    """Give the texts of a printed list (``['x', "y's"]``); of any other value nothing."""
    if not (value.startswith("[") and value.endswith("]")):
        return []
    return [text.strip() for a, b in _QUOTED.findall(value) if (text := a or b).strip()]


def name(value: str, *, bare: bool = False) -> str:
    """Write a person's name as ``Family, Given``; a name that cannot be split stays as it is.

    With ``bare``, initials without full stops count as well (``Smith AB``), as PubMed prints them: do not ask for it
    where organisations may stand (``Mentoring UK``).

    >>> name("Shannon,Claude E."), name("Adler D.G."), name("Long V", bare=True), name("Department of Health")
    ('Shannon, Claude E.', 'Adler, D.G.', 'Long, V', 'Department of Health')
    """
    if "," in value:
        if value.count(", ") == value.count(",") and value[0] != ",":
            return value
        parts = [part.strip() for part in value.split(",")]
        return ", ".join(part for part in parts if part)
    family, _, given = value.rpartition(" ")
    if family and (_INITIALS.match(given) or (bare and _BARE_INITIALS.match(given))):
        if _INITIALS.match(family.rpartition(" ")[2]):
            return value  # "Smith A. B." is left alone: where the family name ends is a guess
        return f"{family}, {given}"
    return value


def names(value: str) -> tuple[str, ...]:
    """Split a cell that holds several names, however they are separated.

    >>> names("Marx, Karl; Lindgren, A."), names("Liu R., Adler D.G."), names("['Marx, Karl', 'Lindgren, A.']")
    (('Marx, Karl', 'Lindgren, A.'), ('Liu, R.', 'Adler, D.G.'), ('Marx, Karl', 'Lindgren, A.'))
    >>> names("Deng, C. and Wu, T."), names("Steven A, Oxley JW."), names("Achenbach, T. M., Rescorla, L. A.")
    (('Deng, C.', 'Wu, T.'), ('Steven, A', 'Oxley, JW'), ('Achenbach, T. M.', 'Rescorla, L. A.'))
    >>> names("Connor, Mary")
    ('Connor, Mary',)
    """
    if printed := _printed(value):
        return tuple(map(name, printed))
    if ";" in value or "|" in value:
        return tuple(name(part.strip(), bare=True) for part in re.split("[;|]", value) if part.strip())
    if _AND.search(value):
        return tuple(name(part.strip()) for part in _AND.split(value) if part.strip())
    parts = [part.strip() for part in value.rstrip(" ").split(",") if part.strip()]
    if len(parts) > 2 and len(parts) % 2 == 0 and all(_initials(given) for given in parts[1::2]):
        return tuple(f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True))
    split = [name(part.rstrip(".") if bare_end(part) else part, bare=True) for part in parts]
    if all("," in part for part in split):
        return tuple(split)
    return (name(value),)


def bare_end(part: str) -> bool:
    """Whether a name ends in initials without stops and the full stop of the whole list (``Fleming WG.``)."""
    return bool(re.search(r"\s[A-Z]{1,3}\.\Z", part)) and not re.search(r"\s[A-Z]\.\Z", part)


def _initials(value: str) -> bool:
    return bool(_INITIALS.match(value) or _BARE_INITIALS.match(value))


_COMMAS = re.compile(r",(?![^()]{0,200}\))")
"""A comma that is not within brackets (Embase.com: ``cyst (diagnosis, surgery)``)."""


def listed(value: str) -> tuple[str, ...]:
    """Split a cell or line that holds several keywords: a printed list, else at ``;``, else at two commas or more.

    >>> listed("a; b, c"), listed("a, b, c"), listed("Burnout, Professional"), listed("['x', 'y']")
    (('a', 'b, c'), ('a', 'b', 'c'), ('Burnout, Professional',), ('x', 'y'))
    >>> listed("cyst (diagnosis, surgery), adult, aged")
    ('cyst (diagnosis, surgery)', 'adult', 'aged')
    """
    if printed := _printed(value):
        return tuple(printed)
    commas = value.count(",") > 1
    parts = value.split(";") if ";" in value else _COMMAS.split(value) if commas else [value]
    return tuple(part.strip() for part in parts if part.strip())


_ISBN = re.compile(r"(?<![\dXx-])(?:97[89][- ]?(?:\d[- ]?){9}[\dXx]|(?:\d[- ]?){9}[\dXx])(?![\dXx-])")


@lru_cache(maxsize=4096)
def serials(value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the ISSNs and the ISBNs (digits only) in a serial-number value.

    >>> serials("1999-7777(Electronic),0222-6666(Print)"), serials("978-1-4822-5326-9"), serials("03064530 (ISSN)")
    ((('1999-7777', '0222-6666'), ()), ((), ('9781482253269',)), (('0306-4530',), ()))
    """
    isbns = dict.fromkeys(re.sub("[- ]", "", found).upper() for found in _ISBN.findall(value))
    rest = _ISBN.sub(" ", value) if isbns else value
    return identifiers.issns(rest), tuple(isbns)


def page_range(start: str | None, end: str | None) -> str | None:
    """Join first and last page as printed; an end that the start already holds is not said twice.

    >>> page_range("142", "6"), page_range("e0815", None), page_range("121-128", "128"), page_range("5", "5")
    ('142-6', 'e0815', '121-128', '5')
    """
    if not start or not end:
        return start or end
    if start == end or start.endswith("-" + end):
        return start
    return f"{start}-{end}"


# Query parameters and hosts that name a subscriber or a session, not a document. Sources: EBSCO, ProQuest and OCLC
# EZproxy help, https://connect.ebsco.com, https://support.proquest.com, https://help.oclc.org/Library_Management/EZproxy,
# checked 2026-11-22.
_PERSONAL = frozenset(
    (
        "accountid",
        "authtype",
        "custid",
        "groupid",
        "profile",
        "profileid",
        "geocustid",
        "shib",
        "ezproxy",
        "ezp",
        "token",
    )
)
_SUSPECT = re.compile(r"proxy|[?&](?:" + "|".join(sorted(_PERSONAL)) + ")=", re.IGNORECASE)
_LOGIN = re.compile(r"https?://(?=[^/?]*proxy)[^/?]*/login\?(?:.*&)?q?url=(.+)\Z", re.IGNORECASE)
_LABEL = re.compile(r"[\w-]+\Z")
_NESTED = 5
"""So many proxies are taken off one address: a longer chain is no address."""


def subscribed(url: str) -> bool:
    """Whether a web address seems to name a subscriber."""
    return _SUSPECT.search(url) is not None


def address(url: str) -> str:
    """Take a subscriber's marks (account, login, library proxy) out of a web address; all else stays as it is.

    >>> address("https://search.proquest.com/docview/221?accountid=14772")
    'https://search.proquest.com/docview/221'
    >>> address("http://ezproxy.x.ac.uk/login?url=https://www-tandf-com.ezproxy.x.ac.uk/doi/1?a=b")
    'https://www.tandf.com/doi/1?a=b'
    """
    for _ in range(_NESTED):
        if not _SUSPECT.search(url):
            break
        login = _LOGIN.match(url)
        if login:
            url = unquote(login[1]) if "%3a" in login[1].lower() else login[1]
            continue
        shorter = _impersonal(url)
        if shorter == url:
            break
        url = shorter
    return url


def _impersonal(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = _unproxied(parts.netloc)
    if host != parts.netloc and "." not in host:  # EZproxy writes "." as "-" and "-" as "--" in https host names
        host = host.replace("--", "\0").replace("-", ".").replace("\0", "-")
    if not host:
        return url
    query = "&".join(p for p in parts.query.split("&") if p.split("=", 1)[0].lower() not in _PERSONAL)
    return urlunsplit((parts.scheme, host, parts.path, query, parts.fragment))


def _unproxied(host: str) -> str:
    """Take off the name of a library proxy and all behind it (``www-x-org.ezproxy.y.edu``)."""
    labels = host.split(".")
    proxy = (i for i, label in enumerate(labels[1:-1], 1) if "proxy" in label.lower() and _LABEL.match(label))
    return ".".join(labels[: next(proxy, len(labels))])


_OPEN_URL = re.compile(r"[?&](?:rft_)?id=(?:doi(?::|%3A)|info(?::|%3A)doi(?:/|%2F))([^&\s]+)", re.IGNORECASE)
"""A DOI in an OpenURL, https://www.niso.org/standards-committees/openurl; Embase.com has it nowhere else."""


def linked_doi(url: str) -> str | None:
    """Give the DOI that a web address resolves or names as an OpenURL.

    >>> linked_doi("https://doi.org/10.1000/a"), linked_doi("http://x.org/?sid=EMBASE&id=doi:10.1000%2Fa&atitle=B")
    ('10.1000/a', '10.1000/a')
    """
    found = _OPEN_URL.search(url)
    return identifiers.doi(found[1] if found else url if "doi.org/" in url else None)


def first_doi(values: Iterable[str]) -> str | None:
    """Give the first DOI found in the values, or ``None``."""
    return next((doi for value in values if (doi := identifiers.doi(value))), None)
