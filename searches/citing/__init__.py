"""Citation indexes, one module each: what a report cites and what cites it. Pure functions and a table of facts.

``searches.citing.chase`` is the one walk over all of them, ``searches.snowball`` runs it. No network, clock, disk or
store here.
"""

from __future__ import annotations

from collections.abc import Mapping

from searches.citing import europepmc, openalex, opencitations, semanticscholar
from searches.citing.model import Citing

_ALL = (openalex.CITING, semanticscholar.CITING, opencitations.CITING, europepmc.CITING)
CITING: Mapping[str, Citing] = {citing.about.name: citing for citing in _ALL}
"""By name, in the order in which they are asked."""
