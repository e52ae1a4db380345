"""How a person likes to screen: the keys, and whether the next record comes by itself. Kept beside the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from review.errors import DecisionError
from review.web import Form, action, here, local_path, show
from screening import keys, turns
from screening.preference_rows import prefer, preference

PATH = "/screen/settings"
SAID = {"keys": "Your keys are saved.", "advance": "That is saved.", turns.PREFERENCE: "That is saved."}


@dataclass(frozen=True, slots=True)
class Habits:
    """What a person chose, or the defaults: the keys, whether the next record comes by itself, whether by rank."""

    keys: keys.Map
    advance: bool
    ranked: bool


def habits(connection: Connection, person: str) -> Habits:
    """Give how a person likes to screen."""
    return Habits(
        keys.stored(preference(connection, person, "keys")),
        preference(connection, person, "advance") is not False,
        preference(connection, person, turns.PREFERENCE) != turns.PLAIN,
    )


def settings(request: Request) -> Response:
    """Show how this person likes to screen, to change it."""
    at = here(request)
    with at.store.read() as connection:
        liked = habits(connection, at.actor.person)
    written = {name: keys.shown(key).cap for name, key in liked.keys.items()}
    back = local_path(request.query_params.get("back"))
    return _page(request, liked, written, back, said=SAID.get(request.query_params.get("done", "")))


def change(request: Request, form: Form) -> Response:
    """Keep a preset, a map of keys, or whether to go on by oneself; refused keys are shown where they were written."""
    at, what = here(request), str(form.get("what"))
    value: Any
    back = local_path(form.get("back"))
    if what == "preset":
        found = next((preset.keys for preset in keys.PRESETS if preset.name == form.get("preset")), None)
        if found is None:
            raise DecisionError("there is no such set of keys", hint="choose one of those on the page")
        what, value = "keys", dict(found)
    elif what == "keys":
        written = {one.name: str(form.get(one.name, "")) for one in keys.ACTIONS}
        value, faults = keys.read(written)
        if faults:
            with at.store.read() as connection:
                liked = habits(connection, at.actor.person)
            return _page(request, liked, written, back, faults=faults)
    elif what == "advance":
        value = form.get("advance") == "yes"
    elif what == turns.PREFERENCE:
        value = turns.PLAIN if form.get("order") == turns.PLAIN else "ranked"
    else:
        raise DecisionError("nothing was chosen", hint="go back to the settings and choose again")
    with at.store.write() as connection:
        prefer(connection, at.actor.person, what, value)
    return RedirectResponse(f"{PATH}?{urlencode({'done': what, 'back': back})}", status_code=303)


def _page(
    request: Request,
    liked: Habits,
    written: Mapping[str, str],
    back: str,
    *,
    said: str | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    return show(
        request, "screening/settings.html", 422 if faults else 200, path_here=PATH, presets=keys.PRESETS,
        current=keys.preset_of(liked.keys), actions=keys.ACTIONS, written=written, advance=liked.advance,
        ranked=liked.ranked,
        back=back, said=said, faults=faults or {},
    )  # fmt: skip


ROUTES = (Route(PATH, settings), Route(PATH, action(change, "see"), methods=["POST"]))
