"""The protocol: what a review asks, where, under which limits, and how it decides. Text in, a frozen Protocol out.

The folder's rule: no store, no network, no clock; reading reports every fault at once.
"""

from review.protocol.model import (
    STAGES,
    Concept,
    Criterion,
    ExportFile,
    Limits,
    Member,
    Platform,
    Protocol,
    Reason,
    SearchKind,
    SourceChoice,
    Stage,
    StageRules,
    Strategy,
)
from review.protocol.reading import read_protocol, template

__all__ = [
    "STAGES",
    "Concept",
    "Criterion",
    "ExportFile",
    "Limits",
    "Member",
    "Platform",
    "Protocol",
    "Reason",
    "SearchKind",
    "SourceChoice",
    "Stage",
    "StageRules",
    "Strategy",
    "read_protocol",
    "template",
]
