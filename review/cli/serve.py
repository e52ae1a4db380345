"""``review serve``: the pages, on a laptop opened with a one-time link, on a team's server with accounts."""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from review.cli.kit import Call, common
from review.errors import ReviewError

if TYPE_CHECKING:
    import uvicorn

    from review.stages import Workspace
    from review.web import Members

PORT = 8377
"""Asked for first when no port is named; when it is taken, any free one does."""
AT_ONCE = 8
"""Requests worked on at once, the others wait in line: more threads take the interpreter from each other."""
SECONDS_TO_FINISH = 2
"""How long open requests may take after Ctrl-C, and the worker with what it has begun."""
SECONDS_TO_RESTART, LONGEST_TO_RESTART = 5, 300
"""A worker that has died is started again so long after, and if it dies again each time later, up to the second."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"The port [default: {PORT}, or a free one].")
@click.option("--no-worker", is_flag=True, help="Start no worker: you run review worker yourself.")
@common
def serve(call: Call, host: str, port: int | None, no_worker: bool) -> None:
    """Open the pages: screening, conflicts, progress.

    Prints a link that works once; the pages answer to this machine only. Once somebody was invited with
    review team invite, they ask for an account instead. Ctrl-C stops the server.
    """
    from review.site import build_app
    from review.web import Sessions

    hosts = tuple(os.environ.get("REVIEW_ALLOWED_HOSTS", "").replace(",", " ").split())
    proxies = trusted_proxies(os.environ.get("REVIEW_TRUSTED_PROXIES", ""))
    check_host(host, hosts)
    workspace = call.workspace()
    members = members_of(workspace)
    if members is None and hosts:
        raise ReviewError(
            "other machines may reach these pages, and nobody has an account yet",
            hint="run review team invite NAME for whoever leads the review, then start the pages again; "
            "without REVIEW_ALLOWED_HOSTS they serve this machine only, with a link",
        )
    listener = listen(host, port)
    shown = host if is_loopback(host) else hosts[0]
    url = f"http://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}"
    door: Sessions | Members
    if members is None:
        door = Sessions(secrets.token_urlsafe, lambda token: call.say(f"For one more browser: {url}/open/{token}"))
        link = f"{url}/open/{door.token}"
        said = f"Open this link in your browser (it works once): {link}"
    else:
        door, link = members, None
        said = f"Members of the team sign in at {f'https://{hosts[0]}' if hosts else url}"
    app = build_app(workspace, door, hosts=hosts)
    call.give({"url": url, "link": link})
    call.say(f"{workspace.protocol.title}", said, "Ctrl-C stops.")
    try:
        with nullcontext() if no_worker else working(call.folder):
            run(app, listener, proxies if members is not None else ())
    finally:
        workspace.store.close()
    call.say("Stopped. Everything that was decided is saved.")


@contextmanager
def working(folder: Path) -> Iterator[None]:
    """Keep a worker (``review worker``) running beside this process; it ends with it, in whatever way this one ends.

    It holds the other end of a pipe, which the system closes with this process; Ctrl-C reaches this one only.
    """
    command = [sys.executable, "-m", "review.cli.main", "worker", "--while-read", "-C", str(folder.resolve())]
    end = Event()

    def keep() -> None:
        rest = SECONDS_TO_RESTART
        while not end.is_set():
            with subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
            ) as child:
                while child.poll() is None and not end.wait(0.2):
                    pass
                try:
                    child.communicate(timeout=SECONDS_TO_FINISH)  # closes the pipe
                except subprocess.TimeoutExpired:
                    child.kill()
            end.wait(rest)
            rest = min(2 * rest, LONGEST_TO_RESTART)

    keeper = Thread(target=keep)
    keeper.start()
    try:
        yield
    finally:
        end.set()
        keeper.join()


def members_of(workspace: Workspace) -> Members | None:
    """Give the accounts of a team's server; ``None`` as long as nobody was invited."""
    from argon2 import PasswordHasher

    from review.store import accounts
    from review.web import Members
    from review.web.passwords import Passwords

    with workspace.store.read() as connection:
        if not accounts.begun(connection):
            return None
    passwords = Passwords(PasswordHasher(), secrets.token_urlsafe())
    return Members(workspace.store, workspace.protocol, secrets.token_urlsafe, passwords)


def run(app: object, listener: socket.socket, proxies: Sequence[str] = ()) -> None:
    """Serve until Ctrl-C; only ``proxies`` are believed who a visitor is and whether they came by https."""
    import uvicorn

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        access_log=False,
        log_level="warning",
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    gc.collect()
    gc.freeze()  # what is loaded by now stays; looked through anew for garbage it cost a large page half as much again
    try:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(_work(uvicorn.Server(config), listener))
    except KeyboardInterrupt:
        return  # uvicorn has finished what was under way and hands the signal on


async def _work(server: uvicorn.Server, listener: socket.socket) -> None:
    from anyio import to_thread

    to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
    await server.serve(sockets=[listener])


def trusted_proxies(listed: str) -> tuple[str, ...]:
    """Read the addresses and networks of proxies; without any, this machine's own.

    Raises
    ------
    ReviewError
        A part is neither: ``*`` would let every visitor claim any address, and that a connection is encrypted.

    >>> trusted_proxies(""), trusted_proxies("10.0.0.5, 172.17.0.0/16")
    (('127.0.0.1', '::1'), ('10.0.0.5', '172.17.0.0/16'))
    """
    found = tuple(listed.replace(",", " ").split())
    for one in found:
        try:
            ip_network(one)
        except ValueError as error:
            raise ReviewError(
                f"REVIEW_TRUSTED_PROXIES has '{one}', which is no address",
                hint="list the addresses of your proxies, such as 10.0.0.5 or 172.17.0.0/16",
            ) from error
    return found or ("127.0.0.1", "::1")


def check_host(host: str, hosts: Sequence[str]) -> None:
    """Refuse to listen beyond this machine unless it was said under which names.

    Raises
    ------
    ReviewError
        The address can be reached from other machines and ``REVIEW_ALLOWED_HOSTS`` is not set.
    """
    if not is_loopback(host) and not hosts:
        raise ReviewError(
            f"{host} can be reached from other machines",
            hint="leave --host away to serve this machine only; a server for a team sets REVIEW_ALLOWED_HOSTS to the "
            "names that it answers to",
        )


def is_loopback(host: str) -> bool:
    """Say whether an address is this machine itself.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(host: str, port: int | None) -> socket.socket:
    """Take a port: the one named, else 8377, else any free one.

    Raises
    ------
    ReviewError
        The address is not of this machine, or the named port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in (PORT, 0) if port is None else (port,):
        # asyncio switches Nagle's delay (40 ms a reply) off only where the protocol is named:
        # https://github.com/python/cpython/blob/3.11/Lib/asyncio/base_events.py, _set_nodelay
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, wanted))
        except OSError:
            listener.close()
            continue
        listener.listen()
        return listener
    raise ReviewError(
        f"cannot listen on {host} port {port or PORT}: it is taken or not of this machine",
        hint="leave --port away to take a free one",
    )
