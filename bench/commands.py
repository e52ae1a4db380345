"""How long every command takes to answer ``--help``: median and worst of five runs each.

usage: python bench/commands.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from review.cli.main import COMMANDS

REVIEW = Path(sys.executable).with_name("review")


def main() -> None:
    """Run every command five times and print one row each."""
    print("| command | median s | worst s |\n| --- | --- | --- |")
    for command in ("", *COMMANDS):
        took = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([REVIEW, *filter(None, [command]), "--help"], capture_output=True, check=True)
            took.append(time.perf_counter() - began)
        print(f"| review {command} --help | {statistics.median(took):.2f} | {max(took):.2f} |")


if __name__ == "__main__":
    main()
