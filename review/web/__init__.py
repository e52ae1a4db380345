"""The page kit: what every room's pages share. Templates, static files, guards, sessions, what an error looks like.

Nothing here knows a room, a stage or a query; a room brings its pages as a ``Room`` and ``review.site`` joins them.
"""

from review.web.kit import Form, Here, Room, Site, action, failed, here, local_path, require, show
from review.web.members import Members
from review.web.sessions import Session, Sessions

__all__ = [
    "Form",
    "Here",
    "Members",
    "Room",
    "Session",
    "Sessions",
    "Site",
    "action",
    "failed",
    "here",
    "local_path",
    "require",
    "show",
]
