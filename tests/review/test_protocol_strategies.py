"""Strategies of a protocol that were written for a platform: how they are read, refused, and limited."""

import pytest

from review.errors import ProtocolError, QueryError
from review.formats.languages import CODES
from review.protocol import Limits, Protocol, read_protocol, template
from review.protocol.strategies import advice, bring, described, excerpt, outside
from review.query import LANGUAGES, SYNTAXES, Limited, show

START = '[review]\ntitle = "t"\nquestion = "q"\n[screening.full-text]\nreason_required = false\n'
START += '[concepts.mentors]\nrole = "I"\nterms = ["mentor*"]\n'
HISTORY = """1. (mentor* or peer support).ti,ab. (120)
2. doctor$1.ti. (0)
3. 1 and 2 (7)
4. limit 3 to (humans and english language and yr="2006 - 2016")
"""


def protocol(strategy: str, rest: str = "") -> Protocol:
    return read_protocol(f"{START}[strategies.main]\n{strategy}\n{rest}".encode())


def faults(strategy: str) -> list[str]:
    with pytest.raises(ProtocolError) as caught:
        protocol(strategy)
    return [str(fault) for fault in caught.value.faults]


def test_a_history_is_read_in_the_syntax_of_its_platform() -> None:
    (strategy,) = protocol(f'syntax = "ovid"\nquery = """\n{HISTORY}"""').strategies
    assert show(strategy.query) == 'ti,ab:(mentor* OR "peer support") AND ti:(doctor OR doctor?)'
    assert (strategy.syntax, strategy.concepts, strategy.text) == ("ovid", (), HISTORY.strip())
    assert strategy.limits == Limited("2006", "2016", ("eng",))
    assert ("the limit humans is left out", "broader") in strategy.losses
    assert [fault.where for fault in strategy.faults] == ["line 2"]


def test_without_a_syntax_it_is_our_own() -> None:
    (strategy,) = protocol('query = "{mentors} AND doctor*"').strategies
    assert (strategy.text, strategy.syntax, strategy.losses) == ("mentor* AND doctor*", None, ())


def test_what_cannot_be_read_says_the_line_of_the_history_and_the_column() -> None:
    (fault,) = faults('syntax = "ovid"\nquery = """\n1. mentor*.ti.\n2. (doctor*.ti.\n3. 1 and 2"""')
    assert fault.startswith("line 11, strategies.main.query: Line 2: This bracket is never closed (column 1)")
    assert "\n  (doctor*.ti.\n  ^" in fault


def test_of_a_long_strategy_only_what_is_near_the_fault_is_shown() -> None:
    text = f"{' OR '.join(['mentor*[tiab]'] * 40)} OR (x[tiab] OR {' OR '.join(['y[tiab]'] * 40)}"
    with pytest.raises(QueryError) as caught:
        bring("main", "Main", text, "pubmed")
    what, shown, mark = excerpt(caught.value).splitlines()
    assert what == f"This bracket is never closed (column {text.index('(x') + 1})"
    assert len(shown) < 90
    assert shown[mark.index("^") :].startswith("(x[tiab]")
    assert (shown[2], shown[-1]) == ("…", "…")


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ('syntax = "ovid"\nquery = "{mentors} and doctor*.ti."', "{mentors} can stand only in our own syntax"),
        ('syntax = "ovit"\nquery = "doctor*.ti."', "did you mean 'ovid'?"),
        ('syntax = "ovid"\nconcepts = ["mentors"]', "belongs to 'query'"),
    ],
)
def test_a_syntax_that_does_not_fit_is_a_fault(strategy: str, said: str) -> None:
    (fault,) = faults(strategy)
    assert said in fault


def test_a_phrase_in_braces_is_scopus_own() -> None:
    (strategy,) = protocol('syntax = "scopus"\nquery = "TITLE({peer support})"').strategies
    assert show(strategy.query) == 'ti:"peer support"'


def test_limits_that_differ_are_said_and_those_of_the_protocol_win() -> None:
    brought = f'syntax = "ovid"\nquery = """\n{HISTORY}"""'
    read = protocol(brought, '[limits]\nfrom = "2006-01"\nto = "2015"\nlanguages = ["eng"]')
    said = [str(fault) for fault in advice(read) if "[limits]" in fault.what]
    assert said == [
        "strategies.main: it says to 2016, and [limits] something else: only [limits] is asked "
        "(change [limits], or take it out of the strategy)"
    ]
    assert (read.limits.start, read.limits.end) == ("2006-01", "2015")


@pytest.mark.parametrize(
    ("written", "limits", "apart"),
    [
        (Limited(), Limits("2006", "2016", ("eng",)), ()),
        (Limited("2006", "2016-12"), Limits("2006-01-01", "2016"), ()),
        (Limited("2006"), Limits(), ("from 2006",)),
        (Limited(languages=("eng", "fre")), Limits(languages=("fre", "eng")), ()),
        (Limited(languages=("eng", "fre")), Limits(languages=("eng",)), ("in English or French",)),
    ],
)
def test_only_limits_that_are_written_can_differ(written: Limited, limits: Limits, apart: tuple[str, ...]) -> None:
    assert outside(written, limits) == apart


def test_limits_in_words() -> None:
    assert described(Limited(None, "2016-06", ("ger", "xyz"))) == "to 2016-06, in German or xyz"


def test_advice_names_strategy_and_term() -> None:
    said = [str(fault) for fault in advice(protocol(f'syntax = "ovid"\nquery = """\n{HISTORY}"""'))]
    assert "strategies.main: line 2: it found nothing: doctor$1.ti. (look for a slip in spelling or field)" in said
    said = [str(fault) for fault in advice(protocol('query = "ment* OR mentors"'))]
    assert said == ["strategies.main: mentors: ment* beside it finds this too (take one of them out)"]


def test_names_of_languages_have_one_code() -> None:
    assert all(CODES[name] == code for name, code in LANGUAGES.items())


def test_the_commented_example_of_the_template_can_be_used() -> None:
    before, _, rest = template("blank").partition("# [strategies.brought]\n")
    example, _, behind = rest.partition('# """\n')
    uncommented = "".join(line.removeprefix("# ") for line in example.splitlines(keepends=True))
    read = read_protocol(f'{before}[strategies.brought]\n{uncommented}"""\n{behind}'.encode())
    assert show(read.strategies[1].query) == (
        '("Mentors"[heading] OR ti,ab:(mentor* OR "peer support")) AND ti,ab:(junior NEAR/2 doctor*)'
    )
    assert f"# syntax: {', '.join(SYNTAXES)}." in before
