"""Deduplicate one set with BibDedupe. Runs in BibDedupe's own environment, so it imports nothing of this project.

    ENV/bin/python bench/dedupe_bib.py records.csv merged.csv OUT.json
    ENV/bin/python bench/dedupe_bib.py --cases test_cases.json OUT.json

The five steps are those of its documentation (https://colrev-environment.github.io/bib-dedupe/, checked 2026-11-22).
The file holds ``clusters`` and ``maybe`` as ids; for edge cases, for each case what was said of its pair.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, merge, prep


def find(records: pd.DataFrame) -> tuple[list[list[str]], list[list[str]]]:
    """Give the clusters, and the pairs that it calls *maybe*."""
    matched = match(block(prep(records, verbosity_level=0)))
    maybe = matched[matched["duplicate_label"] == "maybe"]
    pairs = maybe[["ID_1", "ID_2"]].astype(str).to_numpy().tolist() if len(maybe) else []
    return [list(map(str, one)) for one in cluster(matched)], pairs


def main() -> None:
    """Do what the command line says."""
    if sys.argv[1] == "--cases":
        said = {}
        for case in json.loads(Path(sys.argv[2]).read_text("utf-8"))["cases"]:
            rows = [{**case[name], "ID": name} for name in ("record_a", "record_b")]
            clusters, maybe = find(pd.DataFrame(rows))
            said[case["id"]] = "merged" if clusters else "asked" if maybe else "apart"
        Path(sys.argv[3]).write_text(json.dumps(said), encoding="utf-8")
        return
    records = pd.read_csv(sys.argv[1], dtype={"ID": str})  # it takes ids for texts, and refuses numbers when it merges
    clusters, maybe = find(records)
    merged = merge(records, duplicate_id_sets=clusters) if clusters else records
    merged.to_csv(sys.argv[2], index=False)
    Path(sys.argv[3]).write_text(json.dumps({"clusters": clusters, "maybe": maybe}), encoding="utf-8")


if __name__ == "__main__":
    main()
