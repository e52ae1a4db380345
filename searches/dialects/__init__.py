"""How every source and platform spells a query: one row of facts each, and one printer for all of them.

A new platform is a new row in ``platforms`` or ``interfaces``; the printer has no branch per platform. No network and
no disk here.
"""

from searches.dialects.interfaces import INTERFACES
from searches.dialects.model import Dialect, Scope
from searches.dialects.platforms import PLATFORMS
from searches.dialects.printer import translate

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (*INTERFACES, *PLATFORMS)}
"""Every dialect by name: those asked over an API first, then those that people search by hand."""

__all__ = ["DIALECTS", "Dialect", "Scope", "translate"]
