"""Figures from the log: appraisal, synthesis, sources, countries and years, progress, citation searches.

The folder's rule: each module turns rows into a ``Figure`` (``canvas``), by arithmetic alone; ``files`` says which
there are; the one template draws them all. Nothing is told by colour alone: shape, letter or pattern says the same.
"""
