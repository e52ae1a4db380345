"""What the replies of several sources have in common."""

from __future__ import annotations

import pytest

from review.errors import SourceChanged
from review.record import Record
from searches.sources.openalex import ABOUT
from searches.sources.replies import as_json, each, identity, next_offset, parted


@pytest.mark.parametrize(
    ("body", "says"), [(b'{"a": ', "whole JSON"), (b"[1]", "documented JSON"), (b"", "whole JSON")]
)
def test_a_reply_that_is_no_object(body: bytes, says: str) -> None:
    with pytest.raises(SourceChanged, match=f"the reply of OpenAlex is not .*{says}"):
        as_json(body, ABOUT)


def test_control_characters_in_a_text_are_read() -> None:
    assert as_json(b'{"a": "b\x01c"}', ABOUT) == {"a": "b\x01c"}


def test_what_cannot_be_read_is_kept_with_its_place_and_reason() -> None:
    items = [{"id": 1, "title": "a"}, {"title": "ä"}, None, {"id": "", "title": "c"}, {"id": "x", "title": "d"}]
    records, rejected = each(items, lambda item: Record(title=item["title"], source_id=identity(item, "id")))
    assert [(r.source_id, r.title) for r in records] == [("1", "a"), ("x", "d")]
    assert [(r.position, r.reason, r.raw) for r in rejected] == [
        (2, "it has no 'id'", '{"title": "ä"}'),
        (3, "a field is not of the documented shape", "null"),
        (4, "it has no 'id'", '{"id": "", "title": "c"}'),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a AND b", ("a AND b", ())),
        ("a\nyear=2006-2016", ("a", (("year", "2006-2016"),))),
        ("a\nx=1&y=b=c\nz=", ("a", (("x", "1"), ("y", "b=c"), ("z", "")))),
        ("\nfilter=doi:10.1/x", ("", (("filter", "doi:10.1/x"),))),
    ],
)
def test_parameters_stand_behind_the_query(text: str, expected: object) -> None:
    assert parted(text) == expected


@pytest.mark.parametrize(
    ("cursor", "sent", "total", "following"),
    [
        (None, 100, 250, "100"),
        ("200", 50, 250, None),
        ("100", 0, 250, None),
        (None, 0, 0, None),
        ("100", 40, 250, "140"),
    ],
)
def test_where_the_next_page_begins(cursor: str | None, sent: int, total: int, following: str | None) -> None:
    assert next_offset(cursor, sent, total) == following
