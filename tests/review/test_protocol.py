"""Reading a protocol: the published review's, every fault at once, and nothing secret in it."""

from __future__ import annotations

import pytest

from review.errors import ProtocolError
from review.protocol import read_protocol, template

MENTORING = template("mentoring")


def faults(text: str) -> list[str]:
    with pytest.raises(ProtocolError) as caught:
        read_protocol(text.encode())
    return [str(f) for f in caught.value.faults]


def test_both_published_search_strings_follow_from_the_pico() -> None:
    # Printed in the published review, facts: published_review.yaml, search.strings
    assert [s.text for s in read_protocol(MENTORING.encode()).strategies] == [
        "Ment* AND (doctor* OR medic* OR physician) AND (health OR well-being)",
        "Ment* AND (doctor* OR medic* OR physician) AND "
        "(benefit* OR advantag* OR barrier* OR impact OR disadvantag* OR challeng*)",
    ]


def test_limits_and_rules_of_the_published_review() -> None:
    protocol = read_protocol(MENTORING.encode())
    assert (protocol.limits.start, protocol.limits.end, protocol.limits.languages) == ("2006-01", "2016-01", ("eng",))
    assert protocol.rules("full-text").reason_required
    assert not protocol.rules("title-abstract").reason_required
    assert not protocol.remove_unmatched


@pytest.mark.parametrize("name", ["blank", "mentoring"])
def test_every_template_can_be_used(name: str) -> None:
    assert read_protocol(template(name).encode()).strategies


def test_all_faults_are_reported_at_once_with_line_and_suggestion() -> None:
    text = (
        MENTORING.replace("votes = 1", "votes = 9", 1)
        .replace('languages = ["eng"]', 'languages = ["english"]')
        .replace('["mentoring", "doctors", "wellbeing"]', '["mentorng", "doctors"]')
        .replace("[synthesis]", "[synthesys]")
        .replace('role = "P"\n', "")
        .replace('from = "2006-01"', 'from = "2017-13"')
    )
    found = faults(text)
    assert len(found) == 6
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "mentorng" in row)
    assert (
        f"line {line}, strategies.wellbeing.concepts: there is no concept 'mentorng' (did you mean 'mentoring'?)"
        in found
    )
    assert any("synthesys" in f and "did you mean 'synthesis'?" in f for f in found)
    assert any("must be from 1 to 3, not 9" in f for f in found)
    assert any('write "eng"' in f for f in found)


def test_a_password_is_refused_with_what_to_do() -> None:
    (fault,) = faults(MENTORING.replace("[dedupe]", '[dedupe]\npassword = "hunter2"'))
    assert "REVIEW_DATABASE" in fault
    assert "hunter2" not in fault


def test_an_address_with_credentials_is_refused() -> None:
    (fault,) = faults(MENTORING.replace("[sources.pubmed]", '[sources.pubmed]\nbase_url = "https://me:pw@mirror.org"'))
    assert "user name or password" in fault


def test_limits_that_end_before_they_begin() -> None:
    (fault,) = faults(MENTORING.replace('to = "2016-01"', 'to = "2005"'))
    assert "2005 is before 2006-01" in fault


def test_a_date_within_the_same_year_is_no_fault() -> None:
    assert read_protocol(MENTORING.replace('to = "2016-01"', 'to = "2006"').encode()).limits.end == "2006"


def test_not_toml_is_a_sentence_with_a_line() -> None:
    (fault,) = faults("[review\ntitle = 1")
    assert "line 1" in fault


def test_brackets_without_end_are_a_sentence() -> None:
    with pytest.raises(ProtocolError, match="too many brackets"):
        read_protocol(b"a = " + b"[" * 3000 + b"]" * 3000)


@pytest.mark.parametrize("day", ["2016-02-30", "2016-13", "0000"])
def test_a_day_that_is_not_in_the_calendar_is_a_fault(day: str) -> None:
    (fault,) = faults(MENTORING.replace('to = "2016-01"', f'to = "{day}"'))
    assert f"'{day}' is not a date" in fault


def test_a_control_character_is_a_fault() -> None:
    assert "holds a control character" in faults(MENTORING.replace('title = "', 'title = "\\u001b[31m'))[0]
    assert "holds a control character" in faults(MENTORING.replace('"doctor*"', '"doc\\u0001tor"'))[0]


def test_a_criterion_that_is_there_twice_is_a_fault() -> None:
    (fault,) = faults(MENTORING + '[[criteria]]\nid = "again"\ntext = "a"\n' * 2)
    assert "'again' is there twice" in fault


def test_not_utf8_names_the_line() -> None:
    with pytest.raises(ProtocolError) as caught:
        read_protocol(b'[review]\ntitle = "caf\xe9"\n')
    assert caught.value.faults[0].where == "line 2"


def test_a_required_reason_needs_a_list() -> None:
    text = '[review]\ntitle = "t"\nquestion = "q"\n[screening.full-text]\nvotes = 1\n'
    assert any("a reason is required but none is listed" in f for f in faults(text))


def test_a_strategy_with_brackets_that_do_not_match_shows_the_place() -> None:
    text = MENTORING.replace('concepts = ["mentoring", "doctors", "wellbeing"]', 'query = "({mentoring} AND {doctors}"')
    (fault,) = faults(text)
    assert "strategies.wellbeing" in fault
    assert "^" in fault


def test_the_hash_is_of_the_very_bytes() -> None:
    one = read_protocol(MENTORING.encode())
    assert one.hash != read_protocol((MENTORING + "\n# a word\n").encode()).hash
    assert one.hash == read_protocol(MENTORING.encode()).hash
