"""Write CSL-JSON that citation processors read and that our own reader reads back as the same records. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable

from review.formats.cells import unsaid
from review.formats.csl import CUSTOM, FOR, PLAIN, Item, build
from review.record import Record


def write(records: Iterable[Record]) -> bytes:
    """Write records as a CSL-JSON list: UTF-8, one member a line, in the order given.

    What CSL has no member for is carried in ``custom`` (CSL 1.0.2), which citation processors ignore.
    """
    items = [_item(record, str(number)) for number, record in enumerate(records, 1)]
    return (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode("utf-8", errors="replace")


def _item(record: Record, number: str) -> Item:
    item: Item = {"id": record.source_id or f"record-{number}", "type": FOR.get(record.kind, "document")}
    item |= {names[0]: getattr(record, field) for field, names in PLAIN.items() if field != "source_id"}
    item |= {
        "author": [_person(author) for author in record.authors],
        "issued": {"date-parts": [[int(part) for part in record.date.split("-")]]} if record.date else None,
        "keyword": ("; " if any("," in word for word in record.keywords) else ", ").join(record.keywords),
        "language": record.language,
        "DOI": record.doi,
        "PMID": record.pmid,
        "PMCID": record.pmcid,
        "ISSN": ", ".join(record.issns),
        "ISBN": ", ".join(record.isbns),
        "URL": record.url,
        "note": "\n".join(record.notes),
    }
    item = {name: value for name, value in item.items() if value}
    carried = unsaid(record, build(item) or Record())
    return {**item, "custom": {CUSTOM: carried}} if carried else item


def _person(author: str) -> Item:
    family, comma, rest = author.partition(", ")
    if not comma or not family or not rest:
        return {"literal": author}
    given, _, suffix = rest.partition(", ")
    return {"family": family, "given": given, **({"suffix": suffix} if suffix else {})}
