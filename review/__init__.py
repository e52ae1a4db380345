"""The spine: errors, record types, the query tree, formats, protocol, store and page kit; on top, stages, cli and site.

Modules here are layered (``docs/decisions/0001-rooms.md``): nothing at a lower level imports a higher one, and
no module of this package but ``stages``, ``cli`` and ``site`` imports a room.
"""

__version__ = "0.7.0"
