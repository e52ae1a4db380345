"""How fast RIS is read: a synthetic file of 100,000 records (about 1.4 kB each), records per second and peak memory.

Run: ``python bench/formats.py [RECORDS]``. The file is made in memory and holds no real record.
"""

from __future__ import annotations

import resource
import sys
import time

from review import formats
from review.formats import ris
from review.formats.losses import Losses

_WORDS = (
    "mentoring",
    "doctors",
    "health",
    "support",
    "junior",
    "peer",
    "trust",
    "burnout",
    "career",
    "of",
    "the",
    "in",
)


def synthetic(count: int) -> bytes:
    """Make a RIS file in the manner of a database export: 22 lines and an abstract of 150 words per record."""
    parts = []
    for n in range(count):
        text = " ".join(_WORDS[(n + i * 7) % len(_WORDS)] for i in range(150))
        parts.append(
            f"TY  - JOUR\nT1  - {text[:90]} {n}\nAU  - Family{n % 977}, Given A.\nAU  - Other{n % 331}, B.\n"
            f"AU  - Third{n % 71}, C. D.\nPY  - {2000 + n % 25}\nY1  - {2000 + n % 25}/0{n % 9 + 1}//\n"
            f"JF  - Journal of Synthetic Medicine\nJA  - J Synth Med\nVL  - {n % 60}\nIS  - {n % 12}\nSP  - {n % 900}\n"
            f"EP  - {n % 900 + 9}\nSN  - 1234-567X\nAB  - {text}\nKW  - mentoring\nKW  - health\nKW  - doctors\n"
            f"LA  - English\nDO  - 10.9999/synth.{n}\nUR  - https://example.org/{n}\nAN  - S{n}\nER  - \n\n"
        )
    return "".join(parts).encode()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print one line per way of reading."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    data = synthetic(count)
    print(f"{count} synthetic records, {len(data) / 1e6:.0f} MB; memory before reading {_peak():.0f} MB")
    start = time.perf_counter()
    found = sum(1 for _ in ris.iterate(data, Losses()))
    print(f"iterate: {found / (time.perf_counter() - start):,.0f} records/s, peak {_peak():.0f} MB")
    start = time.perf_counter()
    reading = formats.read(data, name="synthetic.ris")
    print(f"read:    {len(reading.records) / (time.perf_counter() - start):,.0f} records/s, peak {_peak():.0f} MB")


if __name__ == "__main__":
    main()
