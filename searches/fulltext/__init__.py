"""Full texts: where open copies are, how they are fetched, and whether a file is the paper that was asked for.

One file per place that knows open copies. HTTP only through :mod:`searches.transport`; nothing in a file is executed.
"""
