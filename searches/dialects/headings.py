"""Print a subject heading as a platform takes it, and read one as words where there are no headings. No text words."""

from __future__ import annotations

from review.query import SYNTAXES
from review.query.qualifiers import QUALIFIERS, qualifier
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
    if not heading.text:
        return dialect.operators[1].join(_floating(name, facts, ledger) for name in heading.qualifiers)
    text = " ".join(heading.text.replace('"', " ").split())
    template = _template(heading, facts, ledger)
    if "'{text}'" in template:
        text = text.replace("'", "`")  # as Embase.com writes an apostrophe between single quotes
    quoted = text if text.isalnum() else f'"{text}"'
    qualifiers = [""]
    if heading.qualifiers:
        qualifiers = [_behind(text, facts, q, ledger) for q in heading.qualifiers]
    printed = (template.format(text=text, quoted=quoted, qualifier=q) for q in qualifiers)
    return dialect.operators[1].join(dict.fromkeys(printed))


def _facts(heading: Heading, dialect: Dialect, ledger: Ledger) -> Headings:
    if heading.vocabulary is None:
        what = "whose subject headings these are is not said: look whether the database has them under these names"
        own = dialect.name in SYNTAXES and SYNTAXES[dialect.name].vocabulary is None
        ledger.lose(what, "none" if own else "narrower")
        return dialect.headings[0]
    for facts in dialect.headings:
        if heading.vocabulary in facts.vocabularies:
            return facts
    whose = _VOCABULARIES.get(heading.vocabulary, heading.vocabulary)
    name, kind = (heading.text, "heading") if heading.text else (heading.qualifiers[0], "subheading")
    ledger.lose(f"{name!r} is a {kind} of {whose}: look whether {dialect.label} has it under this name", "narrower")
    return dialect.headings[0]


def _floating(name: str, facts: Headings, ledger: Ledger) -> str:
    if facts.floating_loss is not None:
        ledger.lose(facts.floating_loss.what, facts.floating_loss.effect)
    name = qualifier(name)
    quoted = name if name.isalnum() else f'"{name}"'
    return (facts.floating or "{quoted}").format(quoted=quoted, code=_CODES.get(name, name).upper())


def _template(heading: Heading, facts: Headings, ledger: Ledger) -> str:
    wanted = facts.major_exploded if heading.major else facts.exploded
    if heading.explode and wanted is None:
        ledger.lose(f"the headings below {heading.text!r} are not asked: add them by OR", "narrower")
    if heading.major and facts.major is None:
        ledger.lose(f"{heading.text!r} is asked whether it is a main topic or not", "broader")
    plain = facts.major if heading.major else facts.plain
    return (wanted if heading.explode else None) or plain or facts.exploded or facts.plain


def _behind(text: str, facts: Headings, written: str, ledger: Ledger) -> str:
    name = qualifier(written)
    if facts.qualifier is None or name not in _CODES:
        ledger.lose(f"the subheading {written!r} of {text!r} is not asked", "broader")
        return ""
    code = _CODES[name]
    return facts.qualifier.format(name=name, code=code.upper(), lower=code)
