"""What is printed means what was asked: it is read back by the reader of that platform and evaluated on records."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.errors import NotExpressible
from review.protocol.model import Limits
from review.query import SYNTAXES, And, Brought, Field, Near, Node, Not, Or, Phrase, Term, evaluate, read_syntax
from review.query.tree import FIELDS, Heading
from review.record import Record
from searches.dialects import PASTED, translate
from searches.source import Translation

WORDS = ["nurse", "mentor", "well", "being", "wellbeing", "near", "same", "and", "n3", "coach's", "naïve", "women"]
TEXTS = [*WORDS, "well-being", "mentor*", "coach*", "wom?n", "behavio?r", "nurse?", "Well-Be*", "R&D", "covid-19"]
PHRASES = ["well being", "nurse mentor", "nurse and mentor*", "peer-to-peer mentor*", "wom?n mentor", "near", "and/or"]

leaf = st.sampled_from(TEXTS).filter(lambda text: text != "and").map(Term) | st.sampled_from(PHRASES).map(Phrase)
groups = st.lists(leaf, min_size=2, max_size=3, unique=True).map(lambda items: Or(tuple(items)))
nears = st.builds(Near, leaf | groups, leaf | groups, st.integers(0, 3), st.booleans())
headings = st.builds(
    Heading,
    st.sampled_from(["Mentors", "Women's Health"]),
    st.sampled_from([None, "mesh"]),
    st.booleans(),
    st.booleans(),
)
floating = st.builds(lambda name: Heading("", "mesh", qualifiers=(name,)), st.sampled_from(["education", "surgery"]))


def joined(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    away = st.builds(lambda items, taken: And((*items, Not(taken))), several, nodes)
    fields = st.sampled_from([("title",), ("abstract",), ("keywords",), ("title", "abstract"), FIELDS, ("subjects",)])
    return several.map(And) | several.map(Or) | away | st.builds(Field, fields, nodes)


queries = st.recursive(leaf | nears | headings | floating, joined, max_leaves=6)
sentences = st.lists(st.sampled_from([*WORDS, "mentoring", "woman", "behaviour", "nurses", "to", "."]), max_size=8)
records = st.builds(
    lambda title, abstract, keywords: Record(
        title=" ".join(title) or None, abstract=" ".join(abstract), keywords=tuple(map(" ".join, keywords))
    ),
    sentences,
    sentences,
    st.lists(sentences.filter(bool), max_size=2),
)


@pytest.mark.parametrize("name", list(SYNTAXES))
@settings(max_examples=60)
@given(query=queries, found=st.lists(records, min_size=1, max_size=4))
def test_what_is_printed_and_read_back_finds_what_was_asked_but_for_its_losses(
    name: str, query: Node, found: list[Record]
) -> None:
    try:
        made = translate(query, Limits(), PASTED[name])
    except NotExpressible as error:
        assert error.hint
        return
    assert translate(query, Limits(), PASTED[name]) == made
    back = read_syntax(made.text, name)
    broader, narrower = (has(effect, made, back) for effect in ("broader", "narrower"))
    for record in found:
        asked, answered = evaluate(query, record), evaluate(back.query, record)
        if not narrower:
            assert (asked, answered) != (True, False), made.text
        if not broader:
            assert (asked, answered) != (False, True), made.text


def has(effect: str, made: Translation, back: Brought) -> bool:
    return effect in {loss.effect for loss in made.losses} | {effect for _, effect in back.losses}


@pytest.mark.parametrize("name", list(PASTED))
@settings(max_examples=40)
@given(query=queries)
def test_no_query_is_too_strange_to_be_printed_or_refused(name: str, query: Node) -> None:
    try:
        assert translate(query, Limits(start="2006", languages=("eng",)), PASTED[name]).text
    except NotExpressible as error:
        assert PASTED[name].label in error.message
