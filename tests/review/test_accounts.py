"""Accounts, sessions, links and failed sign-ins, on both databases."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from team_server import HERE, QUICK, SENTENCE, door, join, link_for, team_of

from review.stages import Workspace
from review.store import Store, accounts, aside, open_store, schema, sessions
from review.store.accounts import moved
from review.web import Members
from review.web.members import AT_ONCE, TRIES, TRIES_OF_A_NETWORK, WRONG, Visitor
from review.web.passwords import Passwords, fault


class Time:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.at = "2026-11-22T00:00:00.000000Z"

    def __call__(self) -> str:
        return self.at

    def pass_(self, **by: float) -> None:
        self.at = moved(self.at, **by)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def workspace(tmp_path: Path, any_store: Store, time: Time) -> Workspace:
    return team_of(tmp_path, replace(any_store, clock=time))


@pytest.fixture
def members(workspace: Workspace) -> Members:
    return door(workspace)


def count(store: Store, table: str) -> int:
    with store.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.metadata.tables[table])) or 0


# -- links


def test_a_link_makes_an_account_once(members: Members) -> None:
    secret = link_for(members.store, "Ben")
    done = members.join(secret, " Ben@Example.org", SENTENCE, HERE)
    assert done is not None
    session = members.find(done.cookie)
    assert session is not None
    assert session.name == "Ben"
    assert members.join(secret, "other", SENTENCE, HERE) is None
    assert members.invitation(secret) is None
    assert members.sign_in("ben@example.ORG ", SENTENCE, HERE).cookie


def test_a_link_ends_after_a_week(members: Members, time: Time) -> None:
    secret = link_for(members.store, "Ben")
    time.pass_(days=7, seconds=-1)
    assert members.invitation(secret) is not None
    time.pass_(seconds=1)
    assert members.invitation(secret) is None
    assert members.join(secret, "ben", SENTENCE, HERE) is None
    assert count(members.store, "account") == 0


def test_a_newer_link_and_a_withdrawal_end_the_older_one(members: Members) -> None:
    first, second = link_for(members.store, "Ben"), link_for(members.store, "Ben")
    assert members.invitation(first) is None
    assert members.invitation(second) is not None
    with members.store.write() as connection:
        assert accounts.withdraw(members.store, connection, "Ben") == 1
    assert members.invitation(second) is None


def test_a_link_for_somebody_who_left_the_team_is_useless(members: Members) -> None:
    secret = link_for(members.store, "Eve")
    assert members.invitation(secret) is None
    assert members.join(secret, "eve", SENTENCE, HERE) is None


def test_two_people_who_choose_one_login_at_once_do_not_share_it(members: Members) -> None:
    secrets = [link_for(members.store, name) for name in ("Ann", "Ben", "Dee")]
    ready = threading.Barrier(len(secrets))

    def take(secret: str) -> bool:
        ready.wait()
        done = members.join(secret, "me", SENTENCE, HERE)
        assert done is not None
        assert done.cookie or done.why == "somebody else has this login: choose another"
        return done.cookie is not None

    with ThreadPoolExecutor(len(secrets)) as pool:
        assert sorted(pool.map(take, secrets)) == [False, False, True]
    assert count(members.store, "account") == 1
    assert sum(members.invitation(secret) is not None for secret in secrets) == 2, "the others may choose again"


def test_one_link_opened_twice_at_once_works_once(members: Members) -> None:
    secret = link_for(members.store, "Ben")
    ready = threading.Barrier(4)

    def take(number: int) -> bool:
        ready.wait()
        return members.join(secret, f"ben{number}", SENTENCE, HERE) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1
    assert count(members.store, "session") == 1


@pytest.mark.parametrize(
    ("login", "password", "why"),
    [
        ("ben", "too short", "at least 12 characters; this one has 9"),
        ("ben", "x" * 501, "at most 500"),
        ("ben-the-reviewer", "Ben-the-Reviewer", "little more than your name"),
        ("a b", SENTENCE, "no spaces"),
        ("", SENTENCE, "a login has 2 to 100"),
        ("ben\x00", SENTENCE, "a login has 2 to 100"),
        ("b" * 101, SENTENCE, "a login has 2 to 100"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_link_still_works(
    members: Members, login: str, password: str, why: str
) -> None:
    secret = link_for(members.store, "Ben")
    done = members.join(secret, login, password, HERE)
    assert done is not None
    assert done.cookie is None
    assert why in (done.why or "")
    assert members.invitation(secret) is not None


def test_a_password_needs_no_special_characters_and_may_be_in_any_script() -> None:
    for password in ("twelve lower", "пароль для обзора", "문장은 외우기가 쉽습니다", "            x"):
        assert fault(password, login="ben", name="Ben") is None


def test_a_link_for_a_new_password_ends_every_session_and_keeps_the_login(members: Members) -> None:
    cookie = join(members, "Ben", "ben")
    again = join(members, "Ben", "something else", "quite another sentence")
    assert members.find(cookie) is None
    assert members.find(again) is not None
    assert members.sign_in("ben", SENTENCE, HERE).why == WRONG
    assert members.sign_in("ben", "quite another sentence", HERE).cookie


# -- signing in


def test_an_unknown_login_and_a_wrong_password_sound_and_cost_the_same(workspace: Workspace) -> None:
    class Counting(PasswordHasher):
        checked = 0

        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # three overloads
            Counting.checked += 1
            return QUICK.verify(hash, password)

    members = Members(
        workspace.store, workspace.protocol, iter("abcdefgh").__next__, Passwords(Counting(1, 8, 1), "nobody's")
    )
    join(members, "Ben", "ben")
    for login in ("ben", "nobody", "not a login", "\x00", "x" * 300, "nobody's"):
        before = Counting.checked
        outcome = members.sign_in(login, "nobody's", HERE)
        assert (outcome.cookie, outcome.why, outcome.wait) == (None, WRONG, 0)
        assert Counting.checked == before + 1
        with workspace.store.write() as connection:
            connection.execute(aside.attempt.delete())


def test_a_new_session_never_has_a_cookie_that_the_browser_brought(members: Members) -> None:
    join(members, "Ben", "ben")
    first = members.sign_in("ben", SENTENCE, replace(HERE, cookie="planted")).cookie
    assert first not in (None, "planted")
    assert members.find("planted") is None
    second = members.sign_in("ben", SENTENCE, replace(HERE, cookie=first)).cookie
    assert members.find(first) is None, "the session that this browser had before is ended"
    assert members.find(second) is not None


def test_no_secret_stands_in_the_database(members: Members) -> None:
    secret = link_for(members.store, "Ben")
    done = members.join(secret, "ben", SENTENCE, HERE)
    unused = link_for(members.store, "Ann")
    members.sign_in("my secret password", "x", HERE)
    assert done is not None
    with members.store.read() as connection:
        kept = repr([connection.execute(select(t)).all() for t in schema.metadata.sorted_tables])
    for text in (secret, unused, str(done.cookie), SENTENCE, "my secret password"):
        assert text not in kept
    assert "$argon2id$" in kept


def test_a_closed_account_and_one_that_left_the_team_may_not_sign_in(members: Members, workspace: Workspace) -> None:
    cookie = join(members, "Ben", "ben")
    smaller = replace(workspace.protocol, team=tuple(m for m in workspace.protocol.team if m.name != "Ben"))
    without = door(replace(workspace, protocol=smaller))
    assert without.find(cookie) is None
    assert without.sign_in("ben", SENTENCE, HERE).why == "Ben is no longer in the team of this review"
    assert without.sign_in("ben", "a wrong password", HERE).why == WRONG
    with members.store.write() as connection:
        assert accounts.disable(members.store, connection, "Ben")
    assert members.find(cookie) is None
    assert members.sign_in("ben", SENTENCE, HERE).why == "the account of Ben is closed"
    assert members.sign_in("ben", "a wrong password", HERE).why == WRONG
    cookie = join(members, "Ben", "ben", "a new link opens it again")
    assert members.find(cookie) is not None


def test_closing_an_account_withdraws_its_links(members: Members) -> None:
    join(members, "Ben", "ben")
    secret = link_for(members.store, "Ben")
    with members.store.write() as connection:
        assert accounts.disable(members.store, connection, "Ben")
        assert not accounts.disable(members.store, connection, "Ben"), "closed already"
    assert members.invitation(secret) is None


def test_hashes_are_renewed_when_the_parameters_change(workspace: Workspace) -> None:
    join(door(workspace), "Ben", "ben")
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    members = Members(workspace.store, workspace.protocol, iter("abc").__next__, Passwords(stronger, "x"))
    assert members.sign_in("ben", SENTENCE, HERE).cookie
    with workspace.store.read() as connection:
        account = accounts.by_login(connection, "ben")
    assert account is not None
    assert "m=16,t=2,p=1" in account.password
    assert members.sign_in("ben", SENTENCE, HERE).cookie


def test_a_changed_password_ends_all_sessions_and_gives_a_new_one(members: Members) -> None:
    cookie, other = join(members, "Ben", "ben"), members.sign_in("ben", SENTENCE, HERE).cookie
    session = members.find(cookie)
    assert session is not None
    assert members.change_password(session, "wrong password", "another sentence", HERE).why
    done = members.change_password(session, SENTENCE, "another sentence", replace(HERE, cookie=cookie))
    assert members.find(cookie) is None
    assert members.find(other) is None
    assert members.find(done.cookie) is not None
    assert members.sign_in("ben", "another sentence", HERE).cookie


# -- sessions


def test_a_session_ends_when_it_is_not_used_and_after_two_months(members: Members, time: Time) -> None:
    cookie = join(members, "Ben", "ben")
    time.pass_(days=14, seconds=-1)
    assert members.find(cookie) is not None
    time.pass_(days=14)
    assert members.find(cookie) is None, "not used for two weeks"
    cookie = str(members.sign_in("ben", SENTENCE, HERE).cookie)
    assert count(members.store, "session") == 1, "ended sessions are forgotten"
    for _ in range(5):
        time.pass_(days=12, seconds=-1)
        assert members.find(cookie) is not None
    time.pass_(seconds=5)
    assert members.find(cookie) is None, "however much it is used"


def test_an_ended_session_is_ended_in_every_process(
    request: pytest.FixtureRequest, members: Members, workspace: Workspace, tmp_path: Path, time: Time
) -> None:
    postgres = workspace.store.engine.dialect.name == "postgresql"
    url = request.getfixturevalue("postgres_server") if postgres else None
    other = open_store(tmp_path, url=url, clock=time)
    elsewhere = door(replace(workspace, store=other))
    cookie = join(members, "Ben", "ben")
    assert elsewhere.find(cookie) is not None
    with members.store.write() as connection:
        assert sessions.end(connection, accounts.hashed(cookie))
    assert elsewhere.find(cookie) is None
    other.close()


def test_what_changes_while_somebody_signs_in_counts(members: Members) -> None:
    """The password was right when it was looked at; then it was changed, or the account closed, by somebody else."""
    store, cookie = members.store, join(members, "Ben", "ben")
    with store.write() as connection:
        account = accounts.by_login(connection, "ben")
        assert account is not None
        assert accounts.replace_password(connection, account.person, account.password, "another hash")
        assert not sessions.begin(store, connection, account.person, account.password, "a", "")
        assert sessions.begin(store, connection, account.person, "another hash", "b", "")
        connection.execute(aside.account.update().values(disabled_at=store.clock()))
        assert not sessions.begin(store, connection, account.person, "another hash", "c", "")
    assert count(store, "session") == 2
    assert members.find(cookie) is None, "though its session was not ended"


def test_nobody_ends_the_session_of_another_with_their_own_button(members: Members) -> None:
    cookie, ben = join(members, "Ann", "ann"), members.find(join(members, "Ben", "ben"))
    assert ben is not None
    assert ben.actor is not None
    with members.store.write() as connection:
        assert not sessions.end(connection, accounts.hashed(cookie), ben.actor.person)
    assert members.find(cookie) is not None


def test_made_up_cookies_open_nothing(members: Members) -> None:
    cookie = join(members, "Ben", "ben")
    for value in (None, "", "x", cookie.upper(), accounts.hashed(cookie), cookie + "x", "\x00", "é" * 9999):
        assert members.find(value) is None


def test_what_a_browser_calls_itself_is_cut_and_printable(members: Members) -> None:
    join(members, "Ben", "ben")
    members.sign_in("ben", SENTENCE, Visitor("x", "\x00\r\nSet-Cookie: a" + "b" * 9999))
    with members.store.read() as connection:
        agents = [one.agent for one in sessions.listed(members.store, connection, "Ben")]
    assert all(len(agent) <= 200 and agent.isprintable() for agent in agents)


# -- throttling


def guess(members: Members, times: int, login: str = "ben", address: str = "192.0.2.9") -> list[int]:
    return [members.sign_in(login, "a wrong guess", Visitor(address, "")).wait for _ in range(times)]


def test_after_five_failures_the_wait_grows(members: Members, time: Time) -> None:
    join(members, "Ben", "ben")
    assert guess(members, TRIES) == [0] * TRIES
    waits = []
    for _ in range(12):
        wait = guess(members, 1)[0]
        waits.append(wait)
        assert members.sign_in("ben", SENTENCE, HERE).wait == wait, "the right password has to wait, too"
        time.pass_(seconds=wait)
        assert guess(members, 1) == [0]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_a_login_that_nobody_has_waits_just_so(members: Members) -> None:
    assert guess(members, TRIES + 1, login="nobody") == [0] * TRIES + [1]


def test_a_login_waits_whatever_the_address_and_an_address_whatever_the_login(members: Members, time: Time) -> None:
    join(members, "Ben", "ben")
    for number in range(TRIES):
        guess(members, 1, address=f"198.51.100.{number}")
    assert guess(members, 1, address="203.0.113.1") == [1]
    waits = [guess(members, 1, login=f"login{n}", address=f"2001:db8::{n}")[0] for n in range(TRIES_OF_A_NETWORK + 1)]
    assert waits == [0] * TRIES_OF_A_NETWORK + [1]
    time.pass_(seconds=2)
    assert members.sign_in("ben", SENTENCE, HERE).cookie


def test_success_forgets_the_failures_of_the_login_and_only_its_own_of_the_address(members: Members) -> None:
    join(members, "Ben", "ben")
    guess(members, TRIES - 1, address=HERE.address)
    assert members.sign_in("ben", SENTENCE, HERE).cookie
    with members.store.read() as connection:
        assert connection.scalars(select(aside.attempt.c.failures)).all() == [TRIES - 1]
    assert guess(members, TRIES, address="203.0.113.1") == [0] * TRIES


def test_a_restart_forgets_no_failure(workspace: Workspace) -> None:
    guess(door(workspace), TRIES)
    assert guess(door(workspace), 1) == [1]


def test_many_guesses_at_once_leave_no_gap(workspace: Workspace) -> None:
    doors = [door(workspace), door(workspace)]
    ready = threading.Barrier(12)

    def try_one(number: int) -> int:
        ready.wait()
        return guess(doors[number % 2], 1)[0]

    with ThreadPoolExecutor(12) as pool:
        assert sum(wait == 0 for wait in pool.map(try_one, range(12))) == TRIES


def test_failures_are_forgotten_after_a_day(members: Members, time: Time) -> None:
    guess(members, TRIES)
    time.pass_(days=1, seconds=1)
    assert guess(members, TRIES) == [0] * TRIES
    assert count(members.store, "attempt") == 2, "one for the login, one for the address"


def test_few_passwords_are_hashed_at_once(members: Members) -> None:
    assert members.hashing.total_tokens == AT_ONCE


def test_a_laptop_asks_for_no_account_until_somebody_is_invited(any_store: Store) -> None:
    with any_store.read() as connection:
        assert not accounts.begun(connection)
    link_for(any_store, "Ben")
    with any_store.read() as connection:
        assert accounts.begun(connection)


def test_a_backup_of_a_database_in_use_is_whole(filled: Store, tmp_path: Path, fill: Callable[..., list[int]]) -> None:
    """As docs/hosting.md tells to do it."""
    with filled.write() as connection:
        connection.execute(schema.meta.insert().values(key="open", value="not committed"))
        with sqlite3.connect(tmp_path / "review.sqlite") as source:
            source.execute("VACUUM INTO ?", [str(tmp_path / "copy.sqlite")])
        source.close()
    (tmp_path / "there").mkdir()
    (tmp_path / "copy.sqlite").rename(tmp_path / "there/review.sqlite")
    copy = open_store(tmp_path / "there")
    assert count(copy, "record") == 12
    with copy.read() as connection:
        assert connection.scalar(select(schema.meta.c.value).where(schema.meta.c.key == "open")) is None
    copy.close()
