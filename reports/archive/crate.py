"""Describe an archive as RO-Crate 1.1, so that repositories and programs know what each file is. Pure.

Written here and not by a library: the order of everything is ours, there is no date and no id but those of the log, so
that the same review gives the same bytes. A test opens it with the library of the RO-Crate community.

Source: https://www.researchobject.org/ro-crate/specification/1.1/, checked 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from reports.archive.contents import METADATA, SUMS, Piece
from reports.archive.notes import Facts

_SPECIFICATION = "https://w3id.org/ro/crate/1.1"


def crate(facts: Facts, pieces: Iterable[Piece]) -> bytes:
    """Write ``ro-crate-metadata.json`` of the files given (and of ``manifest-sha256.txt``, which comes after it)."""
    files = [_file(piece) for piece in sorted(pieces, key=lambda p: p.path)]
    files.append(
        {"@id": SUMS, "@type": "File", "description": Piece(SUMS, "", 0).about, "encodingFormat": "text/plain"}
    )
    licence: Any = facts.licence.name if facts.licence else "No licence was chosen."
    root = {
        "@id": "./", "@type": "Dataset", "name": facts.title, "description": facts.question,
        "datePublished": facts.day, "version": facts.day,
        "license": {"@id": facts.licence.url} if facts.licence else licence,
        "author": [{"@id": f"#author-{number}"} for number, _ in enumerate(facts.authors, start=1)],
        "hasPart": [{"@id": one["@id"]} for one in files],
        "mentions": {"@id": "#written"},
    }  # fmt: skip
    graph: list[Mapping[str, Any]] = [
        {"@id": METADATA, "@type": "CreativeWork", "conformsTo": {"@id": _SPECIFICATION}, "about": {"@id": "./"}},
        root,
        *files,
        *({"@id": f"#author-{number}", "@type": "Person" if not facts.public else "Organization", "name": name}
          for number, name in enumerate(facts.authors, start=1)),
        {"@id": "#software", "@type": "SoftwareApplication", "name": "narrative-review", "version": facts.software},
        {"@id": "#written", "@type": "CreateAction", "name": "Archive written", "endTime": facts.moment,
         "instrument": {"@id": "#software"}, "result": {"@id": "./"}},
    ]  # fmt: skip
    if facts.licence:
        known = {"name": facts.licence.name, "identifier": facts.licence.spdx}
        graph.append({"@id": facts.licence.url, "@type": "CreativeWork", **known})
    context = [f"{_SPECIFICATION}/context", {"sha256": "https://schema.org/sha256"}]
    return (json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=1) + "\n").encode()


def _file(piece: Piece) -> dict[str, Any]:
    return {
        "@id": quote(piece.path), "@type": "File", "name": piece.path.rpartition("/")[2], "description": piece.about,
        "encodingFormat": piece.media_type, "contentSize": str(piece.size), "sha256": piece.sha256,
    }  # fmt: skip
