"""What is said of reports after they were published: retractions, expressions of concern, corrections.

The folder's rule: a module per source with two pure functions (``Checking``), and one loop (``check``). What a source
says goes into the log as values; its replies are not kept, for they are no part of any search and hold nothing more.
"""

from collections.abc import Mapping

from searches.notices import crossref, openalex, pubmed
from searches.notices.model import Checking

CHECKING: Mapping[str, Checking] = {
    one.about.name: one for one in (crossref.CHECKING, pubmed.CHECKING, openalex.CHECKING)
}
"""The sources that are asked, by name."""
