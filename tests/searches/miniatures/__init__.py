"""Sources in miniature, one module each: what its API would answer over a made-up collection, and what it is asked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.searches.miniatures.kit import Asked, Miniature, Server

MINIATURES: dict[str, Miniature] = {
    path.stem: import_module(f"{__name__}.{path.stem}").MINIATURE
    for path in sorted(Path(__file__).parent.glob("*.py"))
    if path.stem not in ("__init__", "kit")
}
"""By name of the source; a test compares with ``searches.registry.SOURCES``."""

__all__ = ["MINIATURES", "Asked", "Miniature", "Server"]
