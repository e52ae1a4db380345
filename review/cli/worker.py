"""``review worker``: the process behind the pages. ``review serve`` starts one by itself."""

from __future__ import annotations

import os
import secrets
import signal
from functools import partial
from threading import Event, Thread

import click

from review.cli.kit import Call, common


@click.command()
@click.option("--once", is_flag=True, help="Do what there is to do just now, and end.")
@click.option("--while-read", is_flag=True, hidden=True, help="End when standard input is closed.")
@common
def worker(call: Call, once: bool, while_read: bool) -> None:
    """Put reports in the order in which they are most likely relevant, and do the long work that pages ask for.

    review serve starts it by itself. Of several, one works and the others wait. Ctrl-C ends it; nothing is lost.
    """
    from review.worker import Worker

    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.signal(number, lambda *_: stop.set())
        click.get_current_context().call_on_close(partial(signal.signal, number, before))
    if while_read:
        Thread(target=_listen, args=(stop,), daemon=True).start()
    workspace = call.workspace()
    holder = f"{os.getpid()}-{secrets.token_hex(4)}"
    one = Worker(workspace, holder, call.say, lambda said: click.echo(said, err=True), stop)
    if once:
        done = one.once()
        call.give({"worked": done})
        call.say("Nothing is left to do." if done else "Another process works for this review.")
        return
    call.say(f"{workspace.protocol.title}: working. Ctrl-C stops.")
    one.run()
    call.say("Stopped.")


def _listen(stop: Event) -> None:
    """Wait until whoever started this process has gone, in whatever way."""
    while os.read(0, 1024):
        pass
    stop.set()
