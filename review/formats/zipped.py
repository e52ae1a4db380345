"""Rewrite a ZIP (Word, Excel) so that the same content gives the same bytes. Pure."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

_THEN = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can hold."""
_CORE = "docProps/core.xml"
_TIMES = re.compile(rb"(<dcterms:(created|modified)\b[^>]*>)[^<]*(</dcterms:\2>)")


def steady(data: bytes, moment: datetime) -> bytes:
    """Write a ZIP's members again in their order, all of one time; ``moment`` is when it says it was made."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == _CORE:
                content = _TIMES.sub(rb"\g<1>" + stamp + rb"\g<3>", content)
            fresh = zipfile.ZipInfo(member.filename, _THEN)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            fresh.create_system = 0
            new.writestr(fresh, content, compresslevel=6)
    return out.getvalue()
