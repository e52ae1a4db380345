"""Write the pages of docs/ that follow from the code: ``commands.md``. A test compares them with what is committed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

HERE = Path(__file__).parent


def commands() -> str:
    """Give ``commands.md``: every command with its options, from the command line's own tables."""
    from review.cli.main import COMMANDS, cli

    lines = [
        "# Commands",
        "",
        "Made by `make docs` from the command line itself. Every command takes `-C DIR` (else `$REVIEW_DIR`, else the",
        "current folder), `--json` (one JSON object on standard output, nothing else) and `--as NAME`.",
        "Exit codes: [errors](errors.md).",
        "",
    ]
    context = click.Context(cli, info_name="review")
    for name, (_, text) in COMMANDS.items():
        command = cli.get_command(context, name)
        if command is None:
            raise SystemExit(f"the table of commands names {name}, which cannot be loaded")
        lines += [f"## review {name}", "", text, "", *_options(command, f"review {name}")]
        if isinstance(command, click.Group):
            for sub in command.list_commands(context):
                child = command.get_command(context, sub)
                if child is None:
                    raise SystemExit(f"there is no action {sub} of {name}")
                lines += [f"### review {name} {sub}", "", (child.help or "").split("\n")[0], ""]
                lines += _options(child, f"review {name} {sub}")
    return "\n".join(lines).rstrip() + "\n"


def _options(command: click.Command, name: str) -> list[str]:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    rows = [
        record
        for parameter in command.get_params(context)
        if (record := parameter.get_help_record(context))
        and not record[0].startswith(("-C", "--json", "--as", "--help"))
    ]
    lines = [f"`{name} {usage}`", ""]
    if rows:
        lines += ["| option | what it does |", "| --- | --- |"]
        lines += [f"| `{_cell(flag)}` | {_cell(what)} |" for flag, what in rows]
        lines.append("")
    return lines


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES = {"commands.md": commands}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (HERE / page).write_text(make(), encoding="utf-8")
        sys.stdout.write(f"wrote docs/{page}\n")
