"""Commands made of a table: each is loaded when it is called. ``review`` itself is one, and ``review extract``."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from typing import Any

import click


class Lazy(click.Group):
    """A group of commands, each imported only when it is called.

    Parameters
    ----------
    table : mapping of name to (``module:function`` inside review.cli, one line of help)
        In the order in which a review uses them.
    noun : str
        What one of them is called when there is none of a name.
    """

    def __init__(self, *, table: Mapping[str, tuple[str, str]], noun: str = "command", **rest: Any) -> None:
        super().__init__(**rest)
        self.table, self.noun = table, noun

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the commands in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self.table:
            return None
        module, _, name = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"review.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without loading them."""
        with formatter.section(f"{self.noun}s".capitalize()):
            formatter.write_dl([(name, text) for name, (_, text) in self.table.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which command was perhaps meant."""
        if args and args[0] not in self.table and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], self.table, n=1)
            meant = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"There is no {self.noun} '{args[0]}'.{meant}")
        return super().resolve_command(ctx, args)


class Actions(Lazy):
    """The actions of one command; without one, ``status`` is meant. ``-C``, ``--json``, ``--as`` may stand before it.

    Each action is a command of its own, so it takes its own options and refuses those of the others.
    """

    def __init__(self, **rest: Any) -> None:
        super().__init__(noun="action", subcommand_metavar="[ACTION] [ARGS]...", **rest)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the action first."""
        if args[:1] in (["-h"], ["--help"]):
            return super().parse_args(ctx, args)
        at = 0
        while at < len(args) and args[at].startswith("-"):
            at += 2 if args[at] in ("-C", "--as") else 1
        return super().parse_args(ctx, [*(args[at : at + 1] or ["status"]), *args[:at], *args[at + 1 :]])

    def invoke(self, ctx: click.Context) -> Any:
        """Say of an option that the action does not take, which do."""
        try:
            return super().invoke(ctx)
        except click.NoSuchOption as error:
            commands = {name: self.get_command(ctx, name) for name in self.table}
            takers = [
                f"'{name}'"
                for name, command in commands.items()
                if command and any(error.option_name in parameter.opts for parameter in command.params)
            ]
            if not takers or error.ctx is None:
                raise
            error.ctx.fail(f"'{error.ctx.command_path}' takes no {error.option_name}: that is for {', '.join(takers)}.")
