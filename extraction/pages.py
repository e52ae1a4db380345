"""The pages of the extraction room put together: their addresses, and what the header of every page links to."""

from __future__ import annotations

from pathlib import Path

from extraction import compare_pages, entry_pages, overview_pages, preview_pages, study_pages
from extraction.synthesis import coding_pages, finding_pages, matrix_pages, theme_pages
from extraction.tabular import table_pages
from review.web import Room

MENU = (("Extract", "/extract", "/appraise", "/studies"), ("Synthesis", "/code"))


def room() -> Room:
    """Give the room's pages: fixed addresses first, then those that name a study."""
    routes = (
        *overview_pages.ROUTES,
        *preview_pages.ROUTES,
        *study_pages.ROUTES,
        *table_pages.ROUTES,
        *matrix_pages.ROUTES,
        *theme_pages.ROUTES,
        *finding_pages.ROUTES,
        *coding_pages.ROUTES,
        *compare_pages.ROUTES,
        *entry_pages.LAST_ROUTES,
    )
    return Room("extraction", Path(__file__).parent, routes, MENU)
