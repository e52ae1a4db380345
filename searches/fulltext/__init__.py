"""Full texts: where open copies are, how they are fetched, and whether a file is the paper that was asked for.

One file per place that knows open copies (``searches.fulltext.stations`` lists them). HTTP only through
:mod:`searches.transport` and :mod:`searches.fetching`; nothing in a file is executed.
"""
