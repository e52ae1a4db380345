"""What a review hands over: flow counts and diagram, tables, search appendix, audit of published numbers.

The folder's rule: every number is read or counted from the store, nothing is typed; SQL is in ``rows`` alone, disk in
``build`` alone; the rest are pure functions. No clock: dates come from the log, so the same log gives the same bytes.
"""
