"""Deduplication: which records are one document, and why.

``normalise -> block -> compare -> judge -> cluster``, each a pure function over columns. No store, no files, no
network, no printing here. Knowledge is in tables: ``rules`` (what joins, what forbids, what to ask), ``titles``.
"""

from searches.dedupe.find import find_duplicates
from searches.dedupe.model import Link, Options, Result
from searches.dedupe.rules import OFFERS, REASONS

__all__ = ["OFFERS", "REASONS", "Link", "Options", "Result", "find_duplicates"]
