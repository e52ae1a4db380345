"""DOI, PMID, PMCID, ISSN: recognise them in every disguise and give one spelling. Pure; idempotent."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

# A SICI between angle brackets (``<1661::AID-SIM968>``, Wiley until about 2001) is part of the DOI, a tag is not.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/(?:[^\s\"<>{}|\\^\u00a0]|<[^<>\s]*::[^<>\s]*>)+")
_DOI_TAIL = frozenset(".,;:]'*/")
_MORE = re.compile(
    r"(?:\?(?=[a-z])|#(?=[a-z])|&(?=\w+=)|\[(?:doi|pii|xml)\b|</).*"
    r"|[/.](?:abstract|full(?:[.-]?text)?|summary|e?pdf|epub|html?|references|meta|short)(?:[./]\w+)?$"
)
"""What stands after a DOI in the address of a page: a query, an anchor, the view of the article that was opened."""
_VERSION = re.compile(r"(?<=^10\.1101/)([\d.]+)v\d+$")
"""bioRxiv and medRxiv put the version into the address of a page; the DOI has none."""
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | dict.fromkeys("\u00ad\u200b", ""))
_DIGITS = re.compile(r"^\d{1,9}$")
_PREFIX = re.compile(r"^[\d.]+$")
_PMCID = re.compile(r"(?:PMC)?(\d{3,9})(?:\.\d+)?$", re.IGNORECASE)
_ISSN = re.compile(r"(\d{4})-?(\d{3}[\dxX])")
_NEXT = re.compile(r"(?:,\s*|;\s*|\s+and\s+)?(?=https?://|doi:)|[,;|]\s*(?=10\.\d{4,9}/)", re.IGNORECASE)


def dois(value: str | None) -> tuple[str, ...]:
    """Find every DOI in a text, lower case, without resolver, in order, each once.

    Source: DOI Handbook section 2 (prefix ``10.`` + registrant, any printable suffix, case-insensitive),
    https://www.doi.org/doi-handbook/HTML/, checked 2026-11-22.

    >>> dois("http://dx.doi.org/10.1000/ABC%28x%29. and https://doi.org/10.1000/abc(x)")
    ('10.1000/abc(x)',)
    """
    if not value:
        return ()
    found: dict[str, None] = {}
    for part in _NEXT.split(value):
        for match in _DOI.findall(_decoded(part)):
            trimmed = _trim(match.lower())
            while (shorter := _trim(_VERSION.sub(r"\1", _MORE.sub("", trimmed)))) != trimmed:
                trimmed = shorter
            if not _PREFIX.match(trimmed):  # nothing but punctuation stood after the prefix
                found.setdefault(trimmed)
    return tuple(found)


def _decoded(text: str) -> str:
    """Undo escapes of addresses, of HTML and of TeX, however often they were put on, and typographic hyphens."""
    while "%" in text and (decoded := unquote(text)) != text:
        text = decoded
    if "&" in text and ";" in text:
        text = html.unescape(html.unescape(text))
    if "\\" in text:
        text = text.replace("\\", "")
    return text if text.isascii() else text.translate(_HYPHENS)


def _trim(doi: str) -> str:
    """Cut what a sentence or a bracket left behind, but keep brackets that the DOI itself opened."""
    surplus, end = doi.count(")") - doi.count("("), len(doi)
    while end and (doi[end - 1] in _DOI_TAIL or (doi[end - 1] == ")" and surplus > 0)):
        end -= 1
        surplus -= doi[end] == ")"
    return doi[:end]


def doi(value: str | None) -> str | None:
    """Give the first DOI in a text, or ``None``.

    >>> doi("DOI: 10.1136/BMJ.n71 [doi]"), doi("n/a")
    ('10.1136/bmj.n71', None)
    """
    return next(iter(dois(value)), None)


def pmid(value: str | None) -> str | None:
    """Give the PubMed id as digits, or ``None``.

    >>> pmid("https://pubmed.ncbi.nlm.nih.gov/28504073/"), pmid("PMID: 28504073"), pmid("x")
    ('28504073', '28504073', None)
    """
    if not value:
        return None
    bare = re.sub(r"^(?:https?://\S*?/|PMID:?|MEDLINE:)\s*", "", value.strip(), flags=re.IGNORECASE).strip("/ ")
    return bare.lstrip("0") or None if _DIGITS.match(bare) else None


def pmcid(value: str | None) -> str | None:
    """Give the PubMed Central id with its ``PMC``, or ``None``.

    >>> pmcid("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1484727/"), pmcid("1484727")
    ('PMC1484727', 'PMC1484727')
    """
    if not value:
        return None
    match = _PMCID.match(value.strip().rstrip("/").rsplit("/", 1)[-1])
    return f"PMC{match.group(1)}" if match else None


def issns(value: str | None) -> tuple[str, ...]:
    """Find every ISSN in a text, with hyphen and upper-case X.

    >>> issns("0141076x; 1758-1095 (electronic)")
    ('0141-076X', '1758-1095')
    """
    if not value:
        return ()
    return tuple(dict.fromkeys(f"{a}-{b.upper()}" for a, b in _ISSN.findall(value)))
