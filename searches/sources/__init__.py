"""The sources that are asked over an API, one file each, by the contract of ``searches.source``: pure functions.

No network, clock or disk here; ``searches.registry`` lists them, ``searches.run`` is the loop that asks them. What
several share stands beside them: ``replies`` (JSON), ``names`` (of people), ``elsevier`` (keys and errors of both).
"""
