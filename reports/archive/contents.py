"""What an archive is made of: places, descriptions, media types, and which paths may stand in one. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

FOLDER = "review/"
"""What ``review restore`` makes the folder of, as it is."""
TABLES = "store/"
"""The tables of the store as JSON lines."""
FORMAT = "narrative-review archive 1"
METADATA, MANIFEST, SUMS = "ro-crate-metadata.json", "manifest.json", "manifest-sha256.txt"

_PLACES = (
    ("review/protocol.toml", "The protocol in force"),
    ("review/imports/", "An export file of a platform, as it was imported"),
    ("review/raw/", "A reply of a source or an imported file, byte for byte, compressed"),
    ("review/pdfs/", "The full text of a report"),
    ("review/out/", "A report, computed from the log"),
    ("review/templates/", "A template of the team's own for the texts of the reports"),
    ("review/", "A file that the protocol names"),
    ("store/schema.json", "The tables of store/: columns and their types, and the version of the schema"),
    ("store/", "A table of the review's store; data_dictionary.csv says what its columns mean"),
    ("protocols/", "A text of the protocol that was in force"),
    ("sheets/", "A form, an instrument or a framework that was in use"),
    ("logs/decisions.csv", "The decision log: every vote and every resolution, with who, when and why"),
    ("logs/searches.csv", "The search log: every search as it was run, with its date and hits"),
    ("data_dictionary.csv", "What every table and column of store/ means"),
    ("LICENSE", "The licence"),
    ("CITATION.cff", "How to cite this review's data"),
    ("README.md", "What this archive holds, how to check it, and how to make a working folder of it again"),
    (MANIFEST, "The head of every log, the version of the program and of what it was run with"),
    (SUMS, "The SHA-256 of every other file, for sha256sum --check"),
)  # fmt: skip

_TYPES = {
    "bib": "application/x-bibtex", "cff": "application/yaml", "csv": "text/csv", "gz": "application/gzip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "html": "text/html",
    "csl": "application/vnd.citationstyles.style+xml", "jinja": "text/plain",
    "json": "application/json", "jsonl": "application/jsonl", "md": "text/markdown", "mmd": "text/vnd.mermaid",
    "pdf": "application/pdf", "png": "image/png", "ris": "application/x-research-info-systems",
    "svg": "image/svg+xml", "tex": "application/x-tex", "toml": "application/toml", "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xml": "application/xml",
}  # fmt: skip
_PACKED = frozenset({"gz", "pdf", "png", "docx", "xlsx", "zip"})
_NAME = re.compile(r'[^\\:*?"<>|\x00-\x1f\x7f\ud800-\udfff]+\Z')
"""What may stand in a name on every system; a lone surrogate is a byte that is no UTF-8."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of an archive, as it was written into it."""

    path: str
    sha256: str
    size: int

    @property
    def media_type(self) -> str:
        """What kind of file it is."""
        return _TYPES.get(_ending(self.path), "text/plain" if self.path == "LICENSE" else "application/octet-stream")

    @property
    def about(self) -> str:
        """What it is, in a sentence."""
        return next((text for place, text in _PLACES if self.path.startswith(place)), "A file of the review")


def packed(path: str) -> bool:
    """Say whether a file is compressed already."""
    return _ending(path) in _PACKED


def _ending(path: str) -> str:
    return path.rpartition(".")[2].lower()


def safe(path: str) -> bool:
    """Say whether a path stays below the folder that it is put into, on every system.

    >>> safe("raw/pubmed/1-1.gz"), safe("../x"), safe("/x"), safe("a//b"), safe("c:x"), safe("a\\\\b"), safe("a/./b")
    (True, False, False, False, False, False, False)
    """
    return all(part not in ("", ".", "..") and _NAME.match(part) is not None for part in path.split("/"))


def alike(path: str) -> str:
    """Give what two paths have in common that are one file on some systems."""
    return unicodedata.normalize("NFC", path).casefold()


def sums(pieces: list[Piece]) -> bytes:
    """Write the SHA-256 of every file as ``sha256sum --check`` reads it."""
    return "".join(f"{piece.sha256}  {piece.path}\n" for piece in sorted(pieces, key=lambda p: p.path)).encode()


def read_sums(data: bytes) -> dict[str, str]:
    """Read path -> SHA-256; a line that is none raises ``ValueError``."""
    found: dict[str, str] = {}
    for line in data.decode().splitlines():
        sha256, gap, path = line[:64], line[64:66], line[66:]
        if gap != "  " or path in found or not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ValueError(line)
        found[path] = sha256
    return found
