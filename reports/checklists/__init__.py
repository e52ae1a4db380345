"""Reporting checklists, each a table of items with what the log knows of them.

The folder's rule: the items are data with their source; an answer is a place in ``out/`` and evidence from the log, or
a prompt to the authors; nothing is answered that the log does not show.
"""
