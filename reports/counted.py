"""Count the flow of a review, and its rounds of citation searching, from one reading of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from reports import round_rows, rows, selection, stop_rows
from reports.flow.counting import Said, count_flow, in_order
from reports.flow.counts import Flow, Terminal
from reports.flow.disputed import disputed
from reports.flow.identities import enforce
from reports.flow.members import members
from reports.flow.rounds import Rounds, count_rounds, note_of_rounds
from review.forms import Extracted
from review.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Counted:
    """The flow, the records that each of its boxes counts, and its citation searching where there was any."""

    flow: Flow
    listed: Mapping[str, tuple[int, ...]]
    rounds: Rounds | None = None


def counted(
    connection: Connection, protocol: Protocol, terminals: Sequence[Terminal], extracted: Callable[[], Extracted]
) -> Counted:
    """Count and check that everything balances; ``extracted`` is asked only when the protocol wants its boxes.

    Raises
    ------
    CountError
        It does not; both sides, and the records in question, are in the message.
    """
    found, reporting = rows.sources(connection), protocol.reporting
    taken = extracted() if reporting.boxes else None
    said = Said(
        reasons={reason.code: reason.text for reason in protocol.full_text.reasons},
        early_reasons={reason.code: reason.text for reason in protocol.title_abstract.reasons},
        stops=selection.said(stop_rows.stops(connection)),
        previous=reporting.previous,
        appraised={key[0] for key in taken.judgements} if taken and "appraisal" in reporting.boxes else None,
        in_synthesis={row["study"] for row in taken.codings} if taken and "synthesis" in reporting.boxes else None,
    )
    listed = members(terminals, found, also=reporting.earlier)
    flow = count_flow(terminals, found, records=rows.count_records(connection), said=said, listed=listed)
    enforce(flow, lambda says: disputed(says, listed, {t.record: t.root for t in terminals}))
    citing = round_rows.citing(connection)
    if citing is None:
        return Counted(flow, listed)
    rounds = count_rounds(citing, terminals, found)
    if all(one.unfinished == one.searches for one in rounds.rounds):
        return Counted(flow, listed, rounds)  # a footnote says already that these searches are not complete
    box = "citations_results" if flow.by_other_methods else "identified"
    return Counted(replace(flow, footnotes=in_order((*flow.footnotes, note_of_rounds(rounds, box)))), listed, rounds)
