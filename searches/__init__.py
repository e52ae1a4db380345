"""Finding records: sources, dialects, the page loop, export files, deduplication, snowballing.

The folder's rule: a source is one file with three pure functions; only ``transport`` speaks HTTP, only ``run`` loops
over pages, only ``rows`` holds SQL; no other room is imported.
"""
