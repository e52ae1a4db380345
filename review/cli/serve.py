"""``review serve``: the pages on this machine, opened with a one-time link."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from ipaddress import ip_address

import click

from review.cli.kit import Call, common
from review.errors import ReviewError

PORT = 8377
"""Asked for first when no port is named; when it is taken, any free one does."""
SECONDS_TO_FINISH = 2
"""How long open requests may take after Ctrl-C."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"The port [default: {PORT}, or a free one].")
@common
def serve(call: Call, host: str, port: int | None) -> None:
    """Open the pages: screening, conflicts, progress.

    Prints a link that works once; the pages answer to this machine only. Ctrl-C stops the server.
    """
    import secrets

    from review.site import build_app
    from review.web import Sessions

    hosts = tuple(os.environ.get("REVIEW_ALLOWED_HOSTS", "").replace(",", " ").split())
    check_host(host, hosts)
    workspace = call.workspace()
    listener = listen(host, port)
    shown = host if is_loopback(host) else hosts[0]
    url = f"http://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}"
    sessions = Sessions(secrets.token_urlsafe, lambda token: call.say(f"For one more browser: {url}/open/{token}"))
    app = build_app(workspace, sessions, hosts=hosts)
    link = f"{url}/open/{sessions.token}"
    call.give({"url": url, "link": link})
    call.say(f"{workspace.protocol.title}", f"Open this link in your browser (it works once): {link}", "Ctrl-C stops.")
    try:
        run(app, listener)
    finally:
        workspace.store.close()
    call.say("Stopped. Everything that was decided is saved.")


def run(app: object, listener: socket.socket) -> None:
    """Serve until Ctrl-C."""
    import uvicorn

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        access_log=False,
        log_level="warning",
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return  # uvicorn has finished what was under way and hands the signal on


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
