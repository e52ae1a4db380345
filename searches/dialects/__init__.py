"""How every source and platform spells a query: one row of facts each, and one printer for all of them.

A new platform is a new row in ``platforms``, a new source one in ``interfaces`` or ``parameters``; the printer has no
branch per platform. No network and no disk here.
"""

from searches.dialects.interfaces import INTERFACES
from searches.dialects.model import Dialect, Scope
from searches.dialects.parameters import PARAMETERS
from searches.dialects.platforms import PLATFORMS
from searches.dialects.translating import translate

PASTED: dict[str, Dialect] = {dialect.name: dialect for dialect in (*INTERFACES, *PARAMETERS, *PLATFORMS)}
"""Every dialect by name, as a person types it: ScienceDirect's form asks otherwise than its API."""

DIALECTS: dict[str, Dialect] = {**PASTED, **{dialect.name: dialect for dialect in (*INTERFACES, *PARAMETERS)}}
"""Every dialect by name, as a source is asked over its API where it has one: those of sources first."""

__all__ = ["DIALECTS", "PASTED", "Dialect", "Scope", "translate"]
