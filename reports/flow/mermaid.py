"""The flow diagram as Mermaid text, for Markdown documents. No geometry: Mermaid places the boxes itself.

Source: https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters, checked 2026-11-22.
"""

from __future__ import annotations

import re

from reports.flow.boxes import Box, Chart

_PLAIN = re.compile(r"[^\w .,:()=*†‡§¶+\-/'’\u2068\u2069]", re.UNICODE)


def mermaid(chart: Chart) -> str:
    """Write a chart as a Mermaid flowchart; every character that means something there is written as its code."""
    lines = ["flowchart TD", f"  accTitle: {_escaped(chart.title)}"]
    for column, label in chart.heads:
        lines += [f'  subgraph {column}_column["{_escaped(label)}"]']
        lines += [f'    {box.id}["{_label(box)}"]' for box in chart.boxes if box.column.removesuffix("_side") == column]
        lines += ["  end"]
    lines += [f"  {a} --> {b}" for a, b in chart.arrows]
    lines += [f"  %% {_escaped(note)}" for note in chart.footnotes]
    return "\n".join(lines) + "\n"


def _label(box: Box) -> str:
    return "<br/>".join(_escaped(item.text) for item in box.items)


def _escaped(text: str) -> str:
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", text.replace("\u00a0", " "))
