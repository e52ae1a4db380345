"""The pipeline: normalise, block, compare, judge, cluster. Only this module knows all five.

Inside, records are rows in canonical order (an order of their content), so that nothing depends on the order in which
they came; positions of the input return only in the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from review.errors import ReviewError
from review.record import Record
from searches.dedupe.block import Rows, block, canonical
from searches.dedupe.cluster import Clustering, Groups, Pair, cluster
from searches.dedupe.compare import compare
from searches.dedupe.engines import Engine, Here
from searches.dedupe.judge import judge
from searches.dedupe.model import Link, Options, Result
from searches.dedupe.normalise import normalise
from searches.dedupe.rules import CROWDED, DISPUTED, IDENTICAL, JUDGED_SAME, SURE
from searches.dedupe.titles import read_title

AUTOMATIC = Options()
"""No judgements, and Cochrane versions kept apart."""

HERE = Here()

RECORDS = 10_000
"""Records normalised at a time."""
PAIRS = 50_000
"""Pairs compared at a time: bounds memory; each part is judged by itself, so parts may run anywhere."""


def find_duplicates(records: Sequence[Record], *, options: Options = AUTOMATIC, engine: Engine = HERE) -> Result:
    """Find the records that are one document.

    The clusters do not depend on the order of ``records``. Every record is in at most one cluster, and identical
    records are always together, whatever they lack.

    Raises
    ------
    ReviewError
        A judgement names a position that does not exist, or one record twice.

    Notes
    -----
    Rules and their reasons: ``searches/dedupe/rules.py`` and docs/decisions/0005-dedupe-rules.md.
    """
    _check(options.judged, len(records))
    nodes = _nodes(records, options.judged)
    table = _normalised([records[node[0]] for node in nodes.values()], engine)
    order = canonical(table, list(nodes))
    table = table.iloc[order].reset_index(drop=True)
    keys, members = list(nodes), list(nodes.values())
    rows = [members[row] for row in order]
    row_of = {position: row for row, node in enumerate(rows) for position in node}
    judged = {_ordered(row_of[a], row_of[b]): same for a, b, same in options.judged}
    verdicts = _verdicts(table, *block(table), options=options, engine=engine)
    same = _links(verdicts[verdicts["verdict"] == "same"], judged)
    certain = {pair: JUDGED_SAME for pair, is_same in judged.items() if is_same}
    certain |= {pair: IDENTICAL for pair in _copies([keys[row] for row in order]) if pair not in judged}
    apart = frozenset(pair for pair, is_same in judged.items() if not is_same)
    sure = [pair for pair, link in same.items() if link.rule in SURE]
    found = cluster(list(same), _contradicting(table, options), certain=list(certain), sure=sure, apart=apart)
    links = {pair: Link(*pair, rule, 1.0) for pair, rule in certain.items()} | same
    unsure = _unsure(_links(verdicts[verdicts["verdict"] == "unsure"], judged), links, found, apart)
    return _result(rows, found, links, unsure)


def _check(judged: Sequence[tuple[int, int, bool]], n: int) -> None:
    for left, right, _ in judged:
        if left == right or not (0 <= left < n and 0 <= right < n):
            raise ReviewError(
                f"the judgement on records {left} and {right} does not name two of the {n} records",
                hint="positions count from 0",
            )


def _nodes(records: Sequence[Record], judged: Sequence[tuple[int, int, bool]]) -> dict[str, list[int]]:
    """Put identical records together; a record that a person judged stays by itself, so that it can be kept apart."""
    alone = {position for left, right, _ in judged for position in (left, right)}
    nodes: dict[str, list[int]] = {}
    for position, record in enumerate(records):
        digest = _digest(record)
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


def _normalised(records: Sequence[Record], engine: Engine) -> pd.DataFrame:
    parts = (records[start : start + RECORDS] for start in range(0, max(len(records), 1), RECORDS))
    return pd.concat(engine.map(normalise, parts), ignore_index=True)


def _verdicts(table: pd.DataFrame, left: Rows, right: Rows, *, options: Options, engine: Engine) -> pd.DataFrame:
    """Compare and judge candidate pairs, part by part; keep those with something to say."""
    telling = partial(_telling, cochrane_updates=options.cochrane_updates)
    found = pd.concat(engine.map(telling, _parts(table, left, right)))
    return found.sort_values(["score", "left", "right"], ascending=[False, True, True])


def _parts(table: pd.DataFrame, left: Rows, right: Rows) -> Iterator[tuple[pd.DataFrame, Rows, Rows]]:
    """Cut the pairs into parts, each with no more of the table than it needs; the index keeps the row numbers."""
    for start in range(0, max(len(left), 1), PAIRS):
        one, other = left[start : start + PAIRS], right[start : start + PAIRS]
        rows = np.union1d(one, other)
        yield table.iloc[rows], np.searchsorted(rows, one), np.searchsorted(rows, other)


def _telling(part: tuple[pd.DataFrame, Rows, Rows], *, cochrane_updates: bool) -> pd.DataFrame:
    """Judge one part; give the pairs that are the same or unsure, by the row numbers of the whole table."""
    table, left, right = part
    judged = judge(compare(table, left, right, cochrane_updates=cochrane_updates))
    judged = judged[judged["verdict"].isin(("same", "unsure"))]
    rows = table.index.to_numpy()
    return judged.assign(left=rows[judged["left"]], right=rows[judged["right"]])


def _contradicting(table: pd.DataFrame, options: Options) -> Callable[[list[Pair]], set[Pair]]:
    """Give the check of a whole cluster: the same comparison and the same vetoes as for candidate pairs."""

    def among(pairs: list[Pair]) -> set[Pair]:
        if not pairs:
            return set()
        sides = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        compared = compare(table, sides[:, 0], sides[:, 1], cochrane_updates=options.cochrane_updates, every=True)
        stopped = judge(compared).query("stopped")
        return set(zip(stopped["left"].tolist(), stopped["right"].tolist(), strict=True))

    return among


def _links(verdicts: pd.DataFrame, judged: dict[Pair, bool]) -> dict[Pair, Link]:
    """Give pairs as links, strongest first, without those that a person judged."""
    columns = (verdicts[name].tolist() for name in ("left", "right", "rule", "score"))
    links = (Link(*row) for row in zip(*columns, strict=True))
    return {(link.left, link.right): link for link in links if (link.left, link.right) not in judged}


def _unsure(asked: dict[Pair, Link], links: dict[Pair, Link], found: Clustering, apart: frozenset[Pair]) -> list[Link]:
    """Give what a person should see: unsure and refused pairs between clusters, the best one for each two clusters."""
    refused = [(DISPUTED, pair) for pair in found.disputed] + [(CROWDED, pair) for pair in found.crowded]
    every = [*asked.values(), *(Link(*pair, rule, links[pair].score) for rule, pair in refused)]
    decided = {_between(found.groups, *pair) for pair in apart}
    best: dict[Pair, Link] = {}
    for link in sorted(every, key=lambda link: (-link.score, link.left, link.right)):
        clusters = _between(found.groups, link.left, link.right)
        if clusters[0] != clusters[1] and clusters not in decided:
            best.setdefault(clusters, link)
    return list(best.values())


def _between(groups: Groups, one: int, other: int) -> Pair:
    """Name the clusters of two rows by their smallest rows."""
    return _ordered(min(groups.of(one)), min(groups.of(other)))


def _result(rows: list[list[int]], found: Clustering, links: dict[Pair, Link], unsure: list[Link]) -> Result:
    """Turn rows back into positions of the input."""

    def positions(link: Link) -> Link:
        left, right = _ordered(rows[link.left][0], rows[link.right][0])
        return Link(left, right, link.rule, link.score)

    copies = [Link(node[0], other, IDENTICAL, 1.0) for node in rows for other in node[1:]]
    joined = {row for group in found.groups.all() for row in group}
    clusters = [tuple(sorted(p for row in group for p in rows[row])) for group in found.groups.all()]
    clusters += [tuple(node) for row, node in enumerate(rows) if len(node) > 1 and row not in joined]
    used = [positions(links[pair]) for pair in found.used]
    return Result(tuple(sorted(clusters)), tuple(sorted([*used, *copies])), tuple(map(positions, unsure)))


def _ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
