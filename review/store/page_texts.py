"""What can be read of the pages of stored full texts: made from the files, and made again at will."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from review.store import aside, schema
from review.store.engine import Store


def put(store: Store, sha256: str, texts: Sequence[tuple[str, str]]) -> None:
    """Keep the text of a file's pages, (label, text) in their order, in the place of what was kept before."""
    table = aside.page_text
    pages = [{"file": sha256, "number": n, "label": label, "text": text} for n, (label, text) in enumerate(texts, 1)]
    with store.write() as connection:
        connection.execute(delete(table).where(table.c.file == sha256))
        if pages:
            connection.execute(insert(table), pages)


def unread(connection: Connection) -> list[tuple[str, str]]:
    """Give SHA-256 and kind of the files that are held and of whose pages no text is here, in the order of hashes."""
    text, page = schema.full_text.c, aside.page_text.c
    without = ~select(page.file).where(page.file == text.sha256).exists()
    return [
        (row.sha256, row.kind)
        for row in connection.execute(select(text.sha256, text.kind).where(without).distinct().order_by(text.sha256))
    ]
