"""The page that opens everything else, without a server and without a network.

The folder's rule: one page as bytes from values; nothing here writes a file, and nothing on the page asks another host.
"""

from __future__ import annotations

from reports.offline.index import index

__all__ = ["index"]
