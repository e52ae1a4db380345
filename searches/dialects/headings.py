"""Print a subject heading as a platform takes it, and read one as words where there are no headings. No text words."""

from __future__ import annotations

from review.query.qualifiers import QUALIFIERS
from review.query.tree import Heading
from searches.dialects.losses import Ledger
from searches.dialects.model import Dialect, Headings

_VOCABULARIES = {
    "mesh": "MeSH", "emtree": "Emtree", "cinahl": "CINAHL Headings", "psycinfo": "the APA Thesaurus",
}  # fmt: skip

_CODES = {name: code for code, name in QUALIFIERS.items()}


def as_words(text: str) -> str:
    """Put an inverted heading into the order in which people write it.

    >>> as_words("Education, Medical, Graduate")
    'Graduate Medical Education'
    """
    return " ".join(part.strip() for part in reversed(text.split(",")) if part.strip())


def print_heading(heading: Heading, dialect: Dialect, ledger: Ledger) -> str:
    """Print a heading of a dialect that has some; what cannot be asked of it is a loss."""
    facts = _facts(heading, dialect, ledger)
    text = " ".join(heading.text.replace('"', " ").split())
    template = _template(heading, facts, ledger)
    quoted = text if text.isalnum() else f'"{text}"'
    qualifiers = [""]
    if heading.qualifiers:
        qualifiers = [_qualifier(text, facts, q, ledger) for q in heading.qualifiers]
    printed = (template.format(text=text, quoted=quoted, qualifier=q) for q in qualifiers)
    return dialect.operators[1].join(dict.fromkeys(printed))


def _facts(heading: Heading, dialect: Dialect, ledger: Ledger) -> Headings:
    for facts in dialect.headings:
        if heading.vocabulary is None or heading.vocabulary in facts.vocabularies:
            return facts
    whose = _VOCABULARIES.get(heading.vocabulary or "", str(heading.vocabulary))
    what = f"{heading.text!r} is a heading of {whose}: look whether {dialect.label} has it under this name"
    ledger.lose(what, "narrower")
    return dialect.headings[0]


def _template(heading: Heading, facts: Headings, ledger: Ledger) -> str:
    wanted = facts.major_exploded if heading.major else facts.exploded
    if heading.explode and wanted is None:
        ledger.lose(f"the headings below {heading.text!r} are not asked: add them by OR", "narrower")
    if heading.major and facts.major is None:
        ledger.lose(f"{heading.text!r} is asked whether it is a main topic or not", "broader")
    plain = facts.major if heading.major else facts.plain
    return (wanted if heading.explode else None) or plain or facts.exploded or facts.plain


def _qualifier(text: str, facts: Headings, qualifier: str, ledger: Ledger) -> str:
    name = qualifier.strip().lower().replace(" and ", " & ")
    name = QUALIFIERS.get(name, name)
    if facts.qualifier is None or name not in _CODES:
        ledger.lose(f"the subheading {qualifier!r} of {text!r} is not asked", "broader")
        return ""
    code = _CODES[name]
    return facts.qualifier.format(name=name, code=code.upper(), lower=code)
