"""What can be read of the pages of stored full texts: made from the files, and made again at will."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert

from review.store import aside
from review.store.engine import Store


def put(store: Store, sha256: str, texts: Sequence[tuple[str, str]]) -> None:
    """Keep the text of a file's pages, (label, text) in their order, in the place of what was kept before."""
    table = aside.page_text
    pages = [{"file": sha256, "number": n, "label": label, "text": text} for n, (label, text) in enumerate(texts, 1)]
    with store.write() as connection:
        connection.execute(delete(table).where(table.c.file == sha256))
        if pages:
            connection.execute(insert(table), pages)
