"""The settings of one person, over HTTP: presets, keys one by one, what is refused, and where it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import Served, Visitor, review, served, visitors
from screen_page import BASE

from review.record import Record
from review.store import Store
from screening import keys

PATH = "/screen/settings"


@pytest.fixture
def site(tmp_path: Path, store: Store) -> Iterator[Served]:
    with served(review(tmp_path, store, [Record(title="A report")], team=("Ann", "Ben"), votes=2)) as running:
        yield running


@pytest.fixture
def visit(site: Served) -> Iterator[Callable[..., Visitor]]:
    with visitors(site) as visitor:
        yield visitor


def test_a_preset_is_ones_own_and_shows_wherever_keys_are_named(visit: Callable[..., Visitor]) -> None:
    ann, ben = visit("Ann"), visit("Ben")
    after = ann.post(PATH, {"what": "preset", "preset": "asreview", "back": BASE})
    assert "Your keys are saved." in after.text
    assert f'href="{BASE}">Back to screening' in after.text
    page = ann.get(BASE).text
    assert 'value="include" aria-keyshortcuts="R"' in page
    assert "Exclude <kbd>I</kbd>" in page
    assert "<kbd>R</kbd> include · <kbd>M</kbd> maybe · <kbd>I</kbd> exclude" in page
    assert "<dt><kbd>R</kbd></dt><dd>Include</dd>" in page
    assert 'value="include" aria-keyshortcuts="I"' in ben.get(BASE).text


def test_keys_are_chosen_one_by_one_and_an_empty_one_is_no_key(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    ann.post(PATH, {"what": "keys", **keys.DEFAULT, "include": "Up", "note": ""})
    page = ann.get(BASE).text
    assert 'value="include" aria-keyshortcuts="ArrowUp"' in page
    assert 'id="note">Note</button>' in page
    assert 'value="↑"' in ann.get(PATH).text


def test_refused_keys_stay_where_they_were_written_and_nothing_changes(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    refused = ann.post(PATH, {"what": "keys", **keys.DEFAULT, "exclude": "I", "tag": "<b>7</b>"})
    assert refused.status_code == 422
    assert "I is already the key of: Include." in refused.text
    assert 'value="&lt;b&gt;7&lt;/b&gt;" autocomplete="off"' in refused.text
    assert 'aria-describedby="fault-exclude"' in refused.text
    assert 'value="exclude" aria-keyshortcuts="E"' in ann.get(BASE).text


def test_going_on_by_oneself(visit: Callable[..., Visitor]) -> None:
    ann = visit()
    assert 'data-advance="yes"' in ann.get(BASE).text
    ann.post(PATH, {"what": "advance", "advance": "no"})
    assert 'data-advance="no"' in ann.get(BASE).text


@pytest.mark.parametrize("fields", [{}, {"what": "preset", "preset": "emacs"}, {"what": "theme"}])
def test_what_is_not_offered_is_refused(visit: Callable[..., Visitor], fields: dict[str, object]) -> None:
    assert visit().post(PATH, fields).status_code == 422


def test_the_way_back_leads_nowhere_else(visit: Callable[..., Visitor]) -> None:
    assert 'class="button" href="/">Back' in visit().get(f"{PATH}?back=//evil.example").text
