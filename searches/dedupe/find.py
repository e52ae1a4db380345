"""The pipeline: normalise, block, sift, compare, judge, cluster. Only this module knows all six.

Inside, records are rows in canonical order (an order of their content), so that nothing depends on the order in which
they came; positions of the input return only in the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from review.errors import ReviewError
from review.record import Record
from searches.dedupe.before import Before, parted_copies
from searches.dedupe.block import Rows, block, canonical
from searches.dedupe.cluster import Clustering, Groups, Pair, cluster
from searches.dedupe.compare import compare
from searches.dedupe.engines import Engine, local
from searches.dedupe.judge import judge
from searches.dedupe.model import Link, Options, Result
from searches.dedupe.normalise import ABSTRACT, normalise
from searches.dedupe.rules import CROWDED, DISPUTED, IDENTICAL, JUDGED_SAME, SURE
from searches.dedupe.sift import sift
from searches.dedupe.titles import read_title

AUTOMATIC = Options()
"""No judgements, and Cochrane versions kept apart."""

MANY = 20_000
"""From so many records on, processes of this machine do the work: to start them takes as long as 5,000 records do."""
RECORDS = 10_000
"""Records normalised at a time."""
PAIRS = 50_000
"""Pairs compared at a time: bounds memory; each part is judged by itself, so parts may run anywhere."""

READ = (
    "title", "authors", "date", "journal", "volume", "issue", "pages", "kind", "doi", "pmid", "issns", "url",
    "source_id", "identifiers", "notes",
)  # fmt: skip
"""What ``normalise`` reads of a record, besides the beginning of its abstract: no more than that is sent."""

_Part: TypeAlias = tuple[pd.DataFrame, Rows, Rows]
_read = attrgetter(*READ)


def find_duplicates(records: Sequence[Record], *, options: Options = AUTOMATIC, engine: Engine | None = None) -> Result:
    """Find the records that are one document.

    The clusters do not depend on the order of ``records``. Every record is in at most one cluster, and identical
    records are always together, whatever they lack.

    Parameters
    ----------
    records : sequence of Record
    options : what people judged, and whether Cochrane versions are joined
    engine : where the work is done; if absent, in this process or, for ``MANY`` records, in several of this machine.
        The result is the same.

    Raises
    ------
    ReviewError
        A judgement or an old report names a position that cannot be, or one record twice; or an engine lost its
        processes.

    Notes
    -----
    Rules and their reasons: ``searches/dedupe/rules.py`` and docs/decisions/0005-dedupe-rules.md.
    """
    _check(options, len(records))
    with nullcontext(engine) if engine else local(many=len(records) >= MANY) as chosen:
        return _found(records, options, chosen)


def _found(records: Sequence[Record], options: Options, engine: Engine) -> Result:
    nodes = _nodes(records, options)
    table = _normalised((records[node[0]] for node in nodes.values()), engine)
    order = canonical(table, list(nodes))
    table = table.iloc[order].reset_index(drop=True)
    keys, members = list(nodes), list(nodes.values())
    rows = [members[row] for row in order]
    row_of = {position: row for row, node in enumerate(rows) for position in node} if options.judged else {}
    judged = {_ordered(row_of[a], row_of[b]): same for a, b, same in options.judged}
    before = Before(rows, options)
    verdicts = _verdicts(table, *before.telling(*block(table)), options=options, engine=engine)
    same = before.strongest_first(_links(verdicts[verdicts["verdict"] == "same"], judged))
    certain = {pair: JUDGED_SAME for pair, is_same in judged.items() if is_same}
    certain |= {pair: IDENTICAL for pair in _copies([keys[row] for row in order]) if pair not in judged}
    certain = {pair: rule for pair, rule in certain.items() if not before.parted(pair)}
    torn = dict(before.torn(same, certain))
    same = {pair: link for pair, link in same.items() if pair not in torn}
    apart = frozenset(pair for pair, is_same in judged.items() if not is_same)
    sure = [pair for pair, link in same.items() if link.rule in SURE]
    contradicting = _contradicting(table, options, engine)
    found = cluster(
        list(same), contradicting, certain=list(certain), sure=sure, apart=apart,
        settled=before.settled(), report_of=before.first,
    )  # fmt: skip
    links = {pair: Link(*pair, rule, 1.0) for pair, rule in certain.items()} | same
    asked = _links(verdicts[verdicts["verdict"] == "unsure"], judged)
    unsure = _unsure(asked, links, found, apart, before.asked(torn, found.crossing, links))
    return _result(rows, found, links, unsure)


def _check(options: Options, n: int) -> None:
    for left, right, _ in options.judged:
        if left == right or not (0 <= left < n and 0 <= right < n):
            raise ReviewError(
                f"the judgement on records {left} and {right} does not name two of the {n} records",
                hint="positions count from 0",
            )
    old = [position for group in options.settled for position in group]
    if len(set(old)) < len(old) or not all(0 <= position < min(options.new_from, n) for position in old):
        raise ReviewError(
            "an old report names a record that is new, not there, or of another one", hint="positions count from 0"
        )


def _nodes(records: Sequence[Record], options: Options) -> dict[str, list[int]]:
    """Put identical records together; a record that a person judged stays by itself, so that it can be kept apart."""
    digests = [_digest(record) for record in records]
    alone = {position for left, right, _ in options.judged for position in (left, right)}
    alone |= parted_copies(digests, options)
    nodes: dict[str, list[int]] = {}
    for position, digest in enumerate(digests):
        nodes.setdefault(f"{digest}#{position}" if position in alone else digest, []).append(position)
    return nodes


def _digest(record: Record) -> str:
    """Hash all that a record says of its document; when that is next to nothing, also the source's own numbers."""
    said = (
        record.title, record.authors, record.date, record.journal, record.volume, record.issue, record.pages,
        record.abstract, record.kind, record.doi, record.pmid, record.pmcid, record.issns, record.isbns, record.url,
        record.publisher, record.place, record.identifiers,
    )  # fmt: skip
    telling = (record.authors, record.volume, record.pages, record.abstract, record.doi, record.pmid, record.url)
    numbers: tuple[object, ...] = ()
    if not any(telling) and read_title(record.title, record.journal).generic:
        numbers = (record.source_id, record.notes, record.extra)
    return hashlib.blake2b(repr((said, numbers)).encode(), digest_size=16).hexdigest()


def _copies(keys: list[str]) -> list[Pair]:
    """Pair the rows that hold identical records in spite of judgements."""
    groups: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        groups.setdefault(key.partition("#")[0], []).append(row)
    return [(a, b) for group in groups.values() for i, a in enumerate(group) for b in group[i + 1 :]]


def _normalised(records: Iterable[Record], engine: Engine) -> pd.DataFrame:
    return pd.concat(engine.map(_columns, _texts(iter(records))), ignore_index=True)


def _texts(records: Iterator[Record]) -> Iterator[list[tuple[Any, ...]]]:
    """Cut the records into parts, each record no more than what is read of it; without records, one empty part."""
    part = [_text(record) for record in islice(records, RECORDS)]
    while True:
        yield part
        part = [_text(record) for record in islice(records, RECORDS)]
        if not part:
            return


def _text(record: Record) -> tuple[Any, ...]:
    return (*_read(record), record.abstract and record.abstract[: ABSTRACT * 2])


def _columns(part: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Normalise one part."""
    return normalise([Record(**dict(zip(READ, values, strict=False)), abstract=values[-1]) for values in part])


def _verdicts(table: pd.DataFrame, left: Rows, right: Rows, *, options: Options, engine: Engine) -> pd.DataFrame:
    """Compare and judge candidate pairs, part by part; keep those with something to say."""
    left, right = sift(table, left, right, engine)
    telling = partial(_telling, cochrane_updates=options.cochrane_updates)
    found = pd.concat(engine.map(telling, _parts(table, left, right)))
    return found.sort_values(["score", "left", "right"], ascending=[False, True, True])


def _parts(table: pd.DataFrame, left: Rows, right: Rows) -> Iterator[_Part]:
    """Cut the pairs into parts; without pairs, one empty part."""
    for start in range(0, max(len(left), 1), PAIRS):
        yield _part(table, left[start : start + PAIRS], right[start : start + PAIRS])


def _part(table: pd.DataFrame, left: Rows, right: Rows) -> _Part:
    """Give pairs with no more of the table than they need; its index keeps the row numbers."""
    rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    return table.iloc[rows], places[: len(left)], places[len(left) :]


def _telling(part: _Part, *, cochrane_updates: bool) -> pd.DataFrame:
    """Judge one part; give the pairs that are the same or unsure, by the row numbers of the whole table."""
    table, left, right = part
    judged = judge(compare(table, left, right, cochrane_updates=cochrane_updates))
    judged = judged[judged["verdict"].isin(("same", "unsure"))]
    rows = table.index.to_numpy()
    return judged.assign(left=rows[judged["left"]], right=rows[judged["right"]])


def _contradicting(table: pd.DataFrame, options: Options, engine: Engine) -> Callable[[Iterable[Pair]], set[Pair]]:
    """Give the check of a whole cluster: the same comparison and the same vetoes as for candidate pairs."""

    def parts(pairs: Iterator[Pair]) -> Iterator[_Part]:
        while some := list(islice(pairs, PAIRS)):
            sides = np.array(some, dtype=np.int64)
            yield _part(table, sides[:, 0], sides[:, 1])

    def among(pairs: Iterable[Pair]) -> set[Pair]:
        stopped = engine.map(partial(_stopped, cochrane_updates=options.cochrane_updates), parts(iter(pairs)))
        return {pair for left, right in stopped for pair in zip(left.tolist(), right.tolist(), strict=True)}

    return among


def _stopped(part: _Part, *, cochrane_updates: bool) -> tuple[Rows, Rows]:
    """Judge one part; give the pairs that may not be in one cluster, by the row numbers of the whole table."""
    table, left, right = part
    judged = judge(compare(table, left, right, cochrane_updates=cochrane_updates, every=True)).query("stopped")
    rows = table.index.to_numpy()
    return rows[judged["left"]], rows[judged["right"]]


def _links(verdicts: pd.DataFrame, judged: dict[Pair, bool]) -> dict[Pair, Link]:
    """Give pairs as links, strongest first, without those that a person judged."""
    columns = (verdicts[name].tolist() for name in ("left", "right", "rule", "score"))
    links = (Link(*row) for row in zip(*columns, strict=True))
    return {(link.left, link.right): link for link in links if (link.left, link.right) not in judged}


def _unsure(
    asked: dict[Pair, Link],
    links: dict[Pair, Link],
    found: Clustering,
    apart: frozenset[Pair],
    foremost: Sequence[Link],
) -> list[Link]:
    """Give what a person should see: unsure and refused pairs between clusters, the best one for each two clusters."""
    refused = [(DISPUTED, pair) for pair in found.disputed] + [(CROWDED, pair) for pair in found.crowded]
    every = [*asked.values(), *(Link(*pair, rule, links[pair].score) for rule, pair in refused)]
    decided = {_between(found.groups, *pair) for pair in apart}
    best: dict[Pair, Link] = {}
    for some in (foremost, every):
        for link in sorted(some, key=lambda link: (-link.score, link.left, link.right)):
            clusters = _between(found.groups, link.left, link.right)
            if clusters[0] != clusters[1] and clusters not in decided:
                best.setdefault(clusters, link)
    return sorted(best.values(), key=lambda link: (-link.score, link.left, link.right))


def _between(groups: Groups, one: int, other: int) -> Pair:
    """Name the clusters of two rows by their smallest rows."""
    return _ordered(min(groups.of(one)), min(groups.of(other)))


def _result(rows: list[list[int]], found: Clustering, links: dict[Pair, Link], unsure: list[Link]) -> Result:
    """Turn rows back into positions of the input."""

    def positions(link: Link) -> Link:
        left, right = _ordered(rows[link.left][0], rows[link.right][0])
        return Link(left, right, link.rule, link.score)

    copies = [Link(node[0], other, IDENTICAL, 1.0) for node in rows for other in node[1:]]
    groups = found.groups.all()
    joined = {row for group in groups for row in group}
    clusters = [tuple(sorted(p for row in group for p in rows[row])) for group in groups]
    clusters += [tuple(node) for row, node in enumerate(rows) if len(node) > 1 and row not in joined]
    used = [positions(links[pair]) for pair in found.used]
    return Result(tuple(sorted(clusters)), tuple(sorted([*used, *copies])), tuple(map(positions, unsure)))


def _ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
