"""OpenAlex as a citation index. Pure functions.

Source: https://help.openalex.org/api/ (August 2026), checked 2026-11-21. A work names the works that it cites; what
cites it is a search (``cites:W1``). Only references that could be matched to a work are known.
"""

from __future__ import annotations

import re

from review.record import Record
from searches.citing.model import Citing, Question
from searches.source import Credentials, Loss, Page, Request, Translation
from searches.sources import openalex

_FILTERS = {"id": "openalex", "doi": "doi", "pmid": "pmid"}


def ask(question: Question, credentials: Credentials) -> Request:
    """Build the request for one page of works."""
    name = "cites" if question.of == "citations" else _FILTERS[question.scheme]
    text = f"{name}:{'|'.join(question.values)}"
    return openalex.ask(Translation(text), None, question.cursor, credentials)


def read(reply: bytes, question: str | None) -> Page:
    """Read one page of works."""
    return openalex.read(reply, Question.parse(question).cursor if question else None)


def lacking(record: Record) -> str | None:
    """Give the key of a work of which no more than its id is known."""
    return f"id:{record.source_id}" if record.source_id and record.title is None else None


def cited(record: Record) -> tuple[Record, ...]:
    """Give the works that a work cites, each with its id only."""
    works = next((value.split() for tag, value in record.extra if tag == openalex.REFERENCES), [])
    return tuple(Record(source_id=work, url=f"https://openalex.org/{work}") for work in works)


CITING = Citing(
    about=openalex.ABOUT,
    ask=ask,
    read=read,
    takes=re.compile(r"id:W\d+|doi:[^,|\s]+|pmid:\d+"),  # commas and bars have a meaning in a filter
    many=50,  # it takes 100, and the address must stay short
    losses=(Loss("OpenAlex knows only the references that it could match to a work", "narrower"),),
    lacking=lacking,
    cited=cited,
)
