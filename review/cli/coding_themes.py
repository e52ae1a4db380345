"""``review code themes`` and what is done to themes: rename, merge, split, drop."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from review.cli.coding import opened, seen
from review.cli.kit import Call, common
from review.text import many

_WHY = click.option("--note", metavar="TEXT", help="Why: kept with the theme's history.")


@click.command()
@click.argument("theme", required=False)
@common
def themes(call: Call, theme: str | None) -> None:
    """List the themes that emerged in coding, or say what was done to THEME, by whom and why."""
    from extraction.synthesis import coding_rows
    from extraction.synthesis import themes as made
    from extraction.synthesis.codebook import codebook

    at = opened(call)
    with at.workspace.store.read() as connection:
        if theme is not None:
            key = made.key_of(theme, coding_rows.emergent(connection))
            done = made.history(connection, key)
            told = [{**asdict(one), "codings": [one_ref[0] for one_ref in one.codings]} for one in done]
            call.give({"theme": key, "history": told})
            return call.say(key, *(f"  {one.at[:10]} {one.name}: {_told(one)}" for one in done))
        shown = seen(at, connection)
        codes = [one for one in codebook(connection, at.framework, lambda rows: shown) if one.kind == "theme"]
    names = ("id", "label", "gloss", "codings", "studies", "merged")
    call.give({"themes": [{name: asdict(one)[name] for name in names} for one in codes]})
    for one in codes:
        call.say(f"{one.label} ({one.id}): {many(one.codings, 'coding')} of {many(len(one.studies), 'study')}")
        call.say(*([f"  {one.gloss}"] if one.gloss else []))
    return call.say(*([] if codes else ["No theme of your own yet: code under 'emergent: NAME' to begin one."]))


@click.command()
@click.argument("theme")
@click.option("--label", metavar="TEXT", help="The new label.")
@click.option("--gloss", metavar="TEXT", help="What the theme means.")
@_WHY
@common
def rename(call: Call, theme: str, label: str | None, gloss: str | None, note: str | None) -> None:
    """Give THEME another label or gloss; its key, and what is coded under it, stay."""
    from extraction.synthesis import coding_rows
    from extraction.synthesis import themes as made

    at = opened(call)
    actor, store = call.actor(at.workspace, "extract"), at.workspace.store
    with store.read() as connection:
        key = made.key_of(theme, coding_rows.emergent(connection))
        row = next((row for row in coding_rows.themes(connection) if row["key"] == key), None)
        old = coding_rows.resolver(connection).label(key)
    had = row["gloss"] if row else None
    said = {"label": label or old, "gloss": had if gloss is None else gloss}
    made.rename(store, actor, key, **said, base=row["event"] if row else None, note=note)
    call.give({"theme": key, **said})
    call.say(f"{key} is called “{said['label']}” now.")


@click.command()
@click.argument("theme")
@click.argument("into")
@_WHY
@common
def merge(call: Call, theme: str, into: str, note: str | None) -> None:
    """Merge THEME into another: what stands under it stands under INTO then. 'split' takes it apart again."""
    from extraction.synthesis import themes as made

    at = opened(call)
    moved = made.merge(at.workspace.store, call.actor(at.workspace, "extract"), theme, into, note=note)
    call.give({"theme": theme, "into": into, "codings": [key for key, _ in moved]})
    call.say(f"{theme} is part of {into} now: {many(len(moved), 'coding')} moved.")


@click.command()
@click.argument("theme")
@click.argument("into")
@click.argument("codings", nargs=-1, required=True)
@click.option("--label", metavar="TEXT", help="The label of a new theme.")
@_WHY
@common
def split(call: Call, theme: str, into: str, codings: tuple[str, ...], label: str | None, note: str | None) -> None:
    """Put CODINGS (their keys) of THEME under INTO: a new theme, one there is, or a component."""
    from extraction.synthesis import coding_tables
    from extraction.synthesis import themes as made

    at = opened(call)
    actor, store = call.actor(at.workspace, "extract"), at.workspace.store
    with store.read() as connection:
        chosen = [one for text in codings for one in coding_tables.named(text, seen(at, connection, actor.person))]
    key = made.split(store, actor, at.framework, theme, into, chosen, label=label, note=note)
    call.give({"theme": key, "codings": [one for one, _ in chosen]})
    call.say(f"{many(len(chosen), 'coding')} of {theme} now under {key}.")


@click.command()
@click.argument("theme")
@_WHY
@common
def drop(call: Call, theme: str, note: str | None) -> None:
    """Take THEME away; one that anything stands under is not."""
    from extraction.synthesis import themes as made

    at = opened(call)
    made.drop(at.workspace.store, call.actor(at.workspace, "extract"), theme, note=note)
    call.give({"theme": theme, "dropped": True})
    call.say(f"{theme} is gone; its history stays.")


def _told(one: Any) -> str:
    """Say one thing that was done to a theme."""
    count = many(len(one.codings), "coding")
    said = {
        "named": f"named it “{one.label}”", "renamed": f"called it “{one.label}”",
        "merged": f"merged it into {one.other}",
        "received": f"merged {one.other} into it", "split": f"moved {count} to {one.other}",
        "gained": f"moved {count} here from {one.other}", "dropped": "dropped it",
    }[one.act]  # fmt: skip
    return said + (f" ({one.note})" if one.note else "")
