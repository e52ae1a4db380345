"""ClinicalTrials.gov's search of registered studies, by page token. Pure functions.

Source: https://clinicaltrials.gov/data-api/api (version 2), checked 2026-11-22. A register: what it gives is counted in
PRISMA's box of registers.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from review.errors import SourceChanged
from review.formats import values
from review.record import Record
from review.text import plain
from searches.dialects import DIALECTS, translate
from searches.source import About, Credentials, Page, Request, Source, Translation, Window
from searches.sources.names import inverted
from searches.sources.replies import UNREADABLE, as_count, as_json, each, identity

ABOUT = About(
    name="clinicaltrials",
    label="ClinicalTrials.gov",
    docs="https://clinicaltrials.gov/data-api/api",
    checked="2026-11-22",
    base_url="https://clinicaltrials.gov",
    interval=(1.2, 1.2),  # none is published; its users report about 50 a minute, its robots.txt asks for 1 a second
    page_size=500,
    kind="register",
    size="pageSize",
    added="({query}) AND AREA[StudyFirstPostDate]RANGE[{since},MAX]",
)

_FIELDS = (
    "IdentificationModule", "StatusModule", "SponsorCollaboratorsModule", "BriefSummary", "ConditionsModule",
    "DesignModule", "Intervention", "OverallOfficial", "Reference", "HasResults",
)  # fmt: skip
_DATES = (
    ("start", "startDateStruct"), ("primary completion", "primaryCompletionDateStruct"),
    ("completion", "completionDateStruct"), ("results first posted", "resultsFirstPostDateStruct"),
    ("last update posted", "lastUpdatePostDateStruct"),
)  # fmt: skip
_DEGREE = re.compile(r"(?=\S*[A-Z]\S*[A-Z]|\S+\.\Z)\S+\Z")
"""One word with two capitals, or with a full stop behind it: ``MD``, ``PhD``, ``M.D.``, ``Prof.``"""


def ask(translation: Translation, window: Window | None, cursor: str | None, credentials: Credentials) -> Request:
    """Build the request for one page. No reply asks for a window: tokens reach every study."""
    params = (
        ("query.term", translation.text),
        ("fields", ",".join(_FIELDS)),
        ("markupFormat", "legacy"),  # plain text, not Markdown with its backslashes
        ("countTotal", "true"),
        ("pageSize", str(ABOUT.page_size)),
        *((("pageToken", cursor),) if cursor else ()),
    )
    return Request(f"{ABOUT.base_url}/api/v2/studies", params)


def read(reply: bytes, cursor: str | None) -> Page:
    """Read one page; the total stands on the first one only, and the last one has no token."""
    found = as_json(reply, ABOUT)
    try:
        total = as_count(found["totalCount"]) if cursor is None else None
        studies = list(found["studies"])
    except UNREADABLE as fault:
        raise SourceChanged("the reply of ClinicalTrials.gov names no hits or no studies", source=ABOUT.name) from fault
    records, rejected = each(studies, _record)
    following = found.get("nextPageToken")
    return Page(records, total, str(following) if following else None, rejected)


def _record(study: dict[str, Any]) -> Record:
    protocol = study["protocolSection"]
    own = protocol["identificationModule"]
    number = identity(own, "nctId")
    status, conditions = protocol.get("statusModule") or {}, protocol.get("conditionsModule") or {}
    sponsors = protocol.get("sponsorCollaboratorsModule") or {}
    words = (*(conditions.get("conditions") or ()), *(conditions.get("keywords") or ()))
    return Record(
        title=plain(own.get("officialTitle")) or plain(own.get("briefTitle")),
        authors=_authors(protocol, sponsors),
        date=values.date(str((status.get("studyFirstPostDateStruct") or {}).get("date") or "")),
        abstract=plain((protocol.get("descriptionModule") or {}).get("briefSummary")),
        keywords=tuple(dict.fromkeys(text for word in words if (text := plain(word)))),
        kind="trial",
        url=f"https://clinicaltrials.gov/study/{number}",
        publisher=plain((sponsors.get("leadSponsor") or {}).get("name")),
        source_id=number,
        identifiers=(("nct", number),),
        extra=(*_titles(own), *_design(study, protocol), *_dates(status), *_references(protocol)),
    )


def _authors(protocol: dict[str, Any], sponsors: dict[str, Any]) -> tuple[str, ...]:
    """Give the investigators; where none is named the one who answers for the study, else the sponsor."""
    officials = (protocol.get("contactsLocationsModule") or {}).get("overallOfficials") or ()
    names = [plain(official.get("name")) for official in officials]
    names = names or [plain((sponsors.get("responsibleParty") or {}).get("investigatorFullName"))]
    people = tuple(dict.fromkeys(_inverted(name) for name in names if name))
    sponsor = plain((sponsors.get("leadSponsor") or {}).get("name"))
    return people or ((sponsor,) if sponsor else ())


def _inverted(name: str) -> str:
    """Give ``Family, Given`` without degrees.

    >>> _inverted("Ada B. van der Maker, M.D., PhD"), _inverted("Writer, Carla")
    ('van der Maker, Ada B.', 'Writer, Carla')
    """
    bare, *degrees = (part.strip() for part in name.split(","))
    return inverted(bare if all(map(_DEGREE.match, degrees)) else name)


def _titles(own: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the other title, the acronym, and the numbers that the study has elsewhere."""
    pairs = [
        ("brief title", own.get("briefTitle") if own.get("officialTitle") else None),
        ("acronym", own.get("acronym")),
    ]
    pairs += [("study id", (own.get("orgStudyIdInfo") or {}).get("id"))]
    pairs += [("secondary id", other.get("id")) for other in own.get("secondaryIdInfos") or ()]
    return [(name, text) for name, value in pairs if (text := plain(value))]


def _design(study: dict[str, Any], protocol: dict[str, Any]) -> list[tuple[str, str]]:
    """Give what the study is like: status, type, phases, enrolment, interventions, people, whether it has results."""
    design, status = protocol.get("designModule") or {}, protocol.get("statusModule") or {}
    sponsors = protocol.get("sponsorCollaboratorsModule") or {}
    pairs = [("status", status.get("overallStatus")), ("study type", design.get("studyType"))]
    pairs += [("phase", phase) for phase in design.get("phases") or ()]
    pairs += [("enrolment", (design.get("enrollmentInfo") or {}).get("count"))]
    for one in (protocol.get("armsInterventionsModule") or {}).get("interventions") or ():
        pairs.append(("intervention", f"{one.get('type') or 'OTHER'}: {one.get('name') or ''}"))
    for official in (protocol.get("contactsLocationsModule") or {}).get("overallOfficials") or ():
        pairs.append(
            ("official", "; ".join(str(official[k]) for k in ("name", "affiliation", "role") if official.get(k)))
        )
    pairs += [("collaborator", one.get("name")) for one in sponsors.get("collaborators") or ()]
    pairs += [("has results", "yes")] if study.get("hasResults") else []
    return [(name, text) for name, value in pairs if value is not None and (text := plain(str(value)))]


def _dates(status: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = ((name, (status.get(key) or {}).get("date")) for name, key in _DATES)
    return [(name, str(date)) for name, date in pairs if date]


def _references(protocol: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the papers that the study names, which join a registration and its reports: ``RESULT 28504073``."""
    found = (protocol.get("referencesModule") or {}).get("references") or ()
    return [("reference", f"{one.get('type') or 'BACKGROUND'} {one['pmid']}") for one in found if one.get("pmid")]


SOURCE = Source(ABOUT, partial(translate, dialect=DIALECTS["clinicaltrials"]), ask, read)
