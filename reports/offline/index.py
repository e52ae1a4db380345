"""``index.html``: the diagram, and links to everything else."""

from __future__ import annotations

from collections.abc import Sequence

from reports.flow import boxes, layout
from reports.material import Material
from reports.planned import Planned
from reports.render_html import index_page


def index(m: Material, written: Sequence[Planned]) -> bytes:
    """Write the page for the files that were written, in their order."""
    named: dict[str, tuple[str, list[str]]] = {}
    for one in written:
        named.setdefault(one.path.rpartition(".")[0], (one.title, []))[1].append(one.path)
    facts = {
        "title": m.protocol.title,
        "question": m.protocol.question,
        "last": m.last[:10] if m.last else None,
        "warnings": m.warnings,
    }
    drawing = layout.svg(boxes.chart(m.flow, m.protocol.title))
    return index_page(drawing, (("Files", tuple(named.values())),), facts).encode()
