"""Static files of all rooms, held in memory: an address with the file's own hash is cached for a year."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".bcmap": "application/octet-stream",  # character maps and fonts of pdf.js
    ".pfb": "application/octet-stream",
}
FOR_A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its bytes, its media type, and the version in its address."""

    body: bytes
    media_type: str
    version: str


class StaticFiles:
    """The static files of some folders, each under its room's name (``"screening/screen.js"``)."""

    def __init__(self, folders: Iterable[tuple[str, Path]]) -> None:
        self._files = {
            f"{room}/{path.relative_to(folder).as_posix()}": _load(path)
            for room, folder in folders
            for path in sorted(folder.rglob("*"))
            if path.suffix in TYPES
        }

    def url(self, name: str) -> str:
        """Give the address of a file, with its version."""
        return f"/static/{name}?v={self._files[name].version}"

    def serve(self, request: Request) -> Response:
        """Answer a request for ``/static/{name}``; only files found at the start exist."""
        file = self._files.get(request.path_params["name"])
        if file is None:
            return PlainTextResponse("There is no such file.\n", status_code=404)
        fixed = request.query_params.get("v") == file.version
        headers = {"Cache-Control": FOR_A_YEAR if fixed else "no-cache"}
        return Response(file.body, media_type=file.media_type, headers=headers)


def _load(path: Path) -> StaticFile:
    body = path.read_bytes()
    return StaticFile(body, TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12])
