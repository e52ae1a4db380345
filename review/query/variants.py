"""Other spellings of a word that a search would miss: British and American, joined and apart, one and many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase

from review.query.tree import Phrase, Term

_HYPHEN = re.compile("[-‐‑]")
_VERB = r"(?=(?:e|ed|es|ing|er|ers|able|ation|ations|ational)?\*?$)"
_NOUN = r"(?=(?:s|ed|ing|ful|less|able|er|ers|hood|hoods|ite|ites)?\*?$)"
_IZED = (
    "organ|random|util|optim|minim|maxim|standard|general|recogn|immun|character|summar|emphas|priorit|individual|"
    "personal|social|stabil|steril|visual|categor|marginal|stigmat|special|normal|mobil|modern|formal|final|central|"
    "hospital|institutional|digital|computer|internal|external|neutral|criminal|local|conceptual|operational|real"
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Letters that are written in two ways, between what must stand before and behind them (patterns)."""

    british: str
    american: str
    before: str = ""
    behind: str = ""


# https://en.wikipedia.org/wiki/American_and_British_English_spelling_differences, checked 2026-11-22; only changes that
# hold in both directions, so that "laboratory" or "exercise" stay as they are.
_PAIRS: tuple[_Pair, ...] = (
    _Pair("is", "iz", rf"\b(?:de|re|dis)?(?:{_IZED})", _VERB),
    _Pair("isation", "ization", r"\w{3}"),
    _Pair("yse", "yze", r"\b(?:anal|cata|catal|dial|paral|hydrol)", r"(?=[ds]?\*?$)"),
    _Pair("ysing", "yzing", r"\b(?:anal|catal|dial|paral|hydrol)"),
    _Pair("behaviour", "behavior"),
    _Pair("our", "or", r"\b(?:col|lab|tum|fav|hum|neighb|hon|od|rum|vap|harb|endeav|fl|vig|rig)", _NOUN),
    _Pair("re", "er", r"\b(?:cent|fib|lit|met|theat|calib|millilit|kilomet)", r"(?=s?\*?$)"),
    _Pair("programme", "program", r"\b", r"(?=s?\*?$)"),
    _Pair("ll", "l", r"\b(?:counse|labe|trave|mode|cance|signa|channe|fue)", r"(?=(?:ing|ings|ed|or|ors|er|ers)\*?$)"),
    _Pair("enrol", "enroll", r"\b", r"(?=ments?\*?$)"),
    _Pair("fulfil", "fulfill", r"\b", r"(?=ments?\*?$)"),
    _Pair("ageing", "aging", r"\b", r"(?=\*?$)"),
    _Pair("judgement", "judgment"),
    _Pair("ence", "ense", r"\b(?:def|off|lic|pret)", r"(?=[sd]?\*?$)"),
    _Pair("ae", "e", r"\b(?:p|orthop|encyclop)", r"(?=diatr|dic\b|dics\b|dic\*)"),
    _Pair("aem", "em", r"(?:\b(?:an|h)|leuk|isch|glyc|ur|septic|bacter|lipid|natr|kal|tox)", r"(?=ia|ic|at|o)"),
    _Pair("aesth", "esth", r"\ban"),
    _Pair("aec", "ec", r"\bgyn", r"(?=ol)"),
    _Pair("aec", "ec", r"\bf", r"(?=al|es)"),
    _Pair("aetiolog", "etiolog", r"(?<![a-z])"),
    _Pair("caesar", "cesar", r"\b"),
    _Pair("oedema", "edema"),
    _Pair("oesoph", "esoph", r"\b"),
    _Pair("oestr", "estr", r"\b", r"(?=og|ad|us)"),
    _Pair("oet", "et", r"\bf", r"(?=al|us)"),
    _Pair("oea", "ea", r"(?:diarrh|dyspn|apn|gonorrh|amenorrh)"),
    _Pair("sulph", "sulf"),
    _Pair("grey", "gray", r"\b", r"(?=s?\*?$)"),
)

_APART = (
    "well being, health care, child care, work place, work force, work load, life style, life long, burn out, "
    "drop out, follow up, on line, e mail, e learning, web site, meta analysis, co operation, co ordination, "
    "post natal, pre natal, post graduate, under graduate, policy maker, policy makers, decision making, "
    "stake holder, stake holders, care giver, care givers"
).split(", ")
_COMPOUNDS = {apart.replace(" ", ""): apart for apart in _APART}
_IRREGULAR = {"woman": "women", "man": "men", "child": "children", "midwife": "midwives"}
_COUNTED = re.compile(r"\w{2,}(?:ian|ist|[eo]r|ee|ent)|nurse|coach")
"""Endings of people and things that are counted; "health" or "being" have no plural worth asking for."""


def spellings(leaf: Term | Phrase) -> Iterator[Term | Phrase]:
    """Give the other spellings of a term or phrase that it does not find itself.

    >>> [leaf.text for leaf in spellings(Term("behavioural"))], [leaf.text for leaf in spellings(Term("well-being*"))]
    (['behavioral'], ['wellbeing*'])
    """
    yield from dict.fromkeys(_regional(leaf))
    text = leaf.text.casefold()
    words = text.rstrip("*")
    star = text[len(words) :]
    if _HYPHEN.search(text) and isinstance(leaf, Term):
        yield Term(_HYPHEN.sub("", text))
    elif " ".join(words.split()) in _APART:
        yield Term(words.replace(" ", "") + star)
    elif words in _COMPOUNDS:
        yield Term(_COMPOUNDS[words].replace(" ", "-") + star)


def _regional(leaf: Term | Phrase) -> Iterator[Term | Phrase]:
    """Change British letters into American ones, or the other way round, one pair of spellings at a time."""
    text = leaf.text.casefold()
    for pair in _PAIRS:
        for one, other in ((pair.british, pair.american), (pair.american, pair.british)):
            spelled = re.sub(f"({pair.before}){one}{pair.behind}", rf"\g<1>{other}", text)
            if spelled != text:
                yield type(leaf)(spelled)
                break


def filled(leaf: Term | Phrase) -> tuple[Term | Phrase, ...]:
    """Give the words that one ``?`` stands for: those that differ as regional spellings or as one and many do.

    >>> [leaf.text for word in ("randomi?ed", "wom?n", "counsel?ing", "x?z") for leaf in filled(Term(word))]
    ['randomised', 'randomized', 'woman', 'women', 'counselling']
    """
    if leaf.text.count("?") != 1:
        return ()
    words = [type(leaf)(leaf.text.casefold().replace("?", letter)) for letter in ascii_lowercase]
    without = type(leaf)(leaf.text.casefold().replace("?", ""))
    pairs = [(word, other) for word in (*words, without) for other in (*spellings(word), plural(word))]
    known = {*words, without}
    meant = {word for pair in pairs if pair[1] in known for word in pair}
    return tuple(word for word in words if word in meant)


def plural(leaf: Term | Phrase) -> Term | None:
    """Give the plural of a single word that names people or things and is not truncated.

    >>> plural(Term("physician")), plural(Term("health"))
    (Term(text='physicians'), None)
    """
    word = leaf.text.casefold()
    if isinstance(leaf, Phrase) or not word.isalpha():
        return None
    if word in _IRREGULAR:
        return Term(_IRREGULAR[word])
    if _COUNTED.fullmatch(word) is None:
        return None
    return Term(word + ("es" if word.endswith("ch") else "s"))
