"""File formats: from the bytes of an export file to records, and back. One module per format, one table of formats.

Reading works on bytes that are already there (no disk, no network), executes nothing, cleans nothing away and drops
nothing in silence: ``records`` + ``rejected`` is every record of the file, ``losses`` says what the file itself lacked.
Only level 0 (errors, record, identifiers, text) may be imported here.
"""

from review.formats.detect import detect
from review.formats.registry import READERS, UNREAD, WRITERS, lost, read, write

__all__ = ["READERS", "UNREAD", "WRITERS", "detect", "lost", "read", "write"]
