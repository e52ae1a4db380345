"""The full texts of a study, as the pages offer them: the files of all its reports."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from extraction import text_rows
from extraction.studies import Study
from extraction.text_rows import Text
from review.text import many


@dataclass(frozen=True, slots=True)
class File:
    """A stored full text of one report; ``about`` says in a line what it is."""

    report: int
    sha256: str
    kind: str
    name: str | None
    about: str

    @property
    def address(self) -> str:
        """Where it can be read: an article as a page, a PDF as it is."""
        return f"/fulltext/{self.report}/{self.sha256}{'/text' if self.kind == 'jats' else ''}"

    @property
    def offered(self) -> dict[str, str | int]:
        """What the script of the viewer reads."""
        label = " · ".join(part for part in (self.name, self.about) if part)
        return {
            "report": self.report, "sha256": self.sha256, "kind": self.kind, "label": label, "address": self.address,
        }  # fmt: skip


def files_of(connection: Connection, study: Study) -> list[File]:
    """Give the stored files of all reports of a study, those of the oldest report first; PDFs before articles."""
    found = text_rows.texts(connection, study.reports)
    return [File(one.report, one.sha256, one.kind, one.name, _about(one, len(study.reports) > 1)) for one in found]


def _about(text: Text, several: bool) -> str:
    kind = "PDF" if text.kind == "pdf" else "Text of the article"
    pages = many(text.pages, "page") if text.pages and text.kind == "pdf" else None
    return " · ".join(part for part in (kind, pages, f"report {text.report}" if several else None) if part)
