"""The bytes of a file of records, part by part so that a large one is never held whole, and what it cannot hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from review.formats import lost, write
from review.formats.tools import exceeded
from review.record import Record
from searches.plain_files import Notify

PART = 20_000
"""Records written at a time."""

_EXACT = "csv"
"""The format that holds whatever a record can, one column for each field: it need not be read back to find losses."""

_CUT: dict[str, tuple[bytes, bytes]] = {
    "csv": (b"", b""),
    "ris": (b"\n", b""),
    "medline": (b"", b""),
    "endnote-xml": (b"", b"</records></xml>\n"),
}
"""Formats that can be written in parts: what stands between two parts, and at the end of the file.

In the others a record depends on those before it (keys, numbers) or the file is packed; tools take no large files.
"""


class Output:
    """A file of records to be written; ``losses`` is complete when all ``parts`` were taken."""

    def __init__(self, records: Sequence[Record], format: str) -> None:
        self._records = records
        self._format = format
        self.losses: tuple[str, ...] = ()

    def parts(self, notify: Notify = lambda label, done, total: None) -> Iterator[bytes]:
        """Give the bytes that ``review.formats.write`` gives for all records, in parts.

        Raises
        ------
        ReviewError
            The format is not written.
        """
        n, format = len(self._records), self._format
        size = PART if format in _CUT else max(n, 1)
        between, end = _CUT.get(format, (b"", b""))
        head = write((), format).removesuffix(end) if n > size else b""
        losses, written = dict[str, None](), 0
        for start in range(0, max(n, 1), size):
            some = self._records[start : start + size]
            data = write(some, format)
            # Records count from 1 in each part: where there are several, their numbers would be wrong.
            said = lost(some, data, format) if format != _EXACT else ()
            losses |= {sentence if n <= size else sentence.partition(": record ")[0]: None for sentence in said}
            if start:
                data = between + data.removeprefix(head)
            if start + size < n:
                data = data.removesuffix(end) if end else data
            written += len(data)
            notify("Writing records", start + len(some), n)
            yield data
        self.losses = (*losses, *exceeded(format, n, written))
