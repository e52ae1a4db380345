"""``review code done``, ``reopen`` and ``leave``: a coder's work on one study, where two code it apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from review.cli.coding import opened
from review.cli.kit import Call, common


def _moving(what: str, does: str, said: str) -> Callable[..., Any]:
    @click.command(what, help=does)
    @click.argument("study")
    @common
    def command(call: Call, study: str) -> None:
        from extraction import fillings

        at = opened(call)
        store, protocol = at.workspace.store, at.workspace.protocol
        actor, sheet = call.actor(at.workspace, "extract"), fillings.framework_sheet(at.framework)
        move = {"done": fillings.done, "reopen": fillings.reopen, "leave": fillings.leave}[what]
        move(store, actor, protocol, sheet, study, at.framework.version)
        with store.read() as connection:
            now = fillings.state(connection, protocol, sheet, study, actor.person)
        call.give({"study": study, "sheet": sheet, "state": now.mine, "comparable": now.comparable})
        call.say(f"{study}: {said}")
        if now.hidden and now.mine == "done":
            call.say("What the other one codes is shown once both are done.")
        elif now.comparable:
            call.say("Next: review code compare")

    return command


done = _moving("done", "Say that you are done with coding STUDY.", "done.")
reopen = _moving("reopen", "Take back that you are done, as long as the others are not.", "open again.")
leave = _moving("leave", "Give up your place at STUDY, so that somebody else can take it.", "left.")
