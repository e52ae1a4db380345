"""Formats: how fast they are read, what becomes of real files, and whether damaged files do harm.

Run: ``python bench/formats.py speed [RECORDS]`` (a synthetic file of RIS, about 1.4 kB a record; what is run without a
word), ``growth`` (1 MB and 10 MB of each format), ``exports DIR`` (every file of a folder through the formats),
``replies DIR`` (recorded replies, one folder for each source, through the sources), ``fuzz [FILES]`` (damaged files).
Files are made in memory; no real record is kept or printed.
"""

from __future__ import annotations

import gzip
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from review import formats
from review.errors import ReviewError
from review.formats import ris
from review.formats.losses import Losses
from review.record import Record

_WORDS = "mentoring doctors health support junior peer trust burnout career of the in".split()
_SHOWN = ("title", "authors", "date", "journal", "abstract", "doi", "pmid", "pages", "keywords", "kind")
_FIXTURES = Path(__file__).parents[1] / "tests" / "data"


def synthetic(count: int) -> list[Record]:
    """Make records in the manner of a database export, with an abstract of 150 words each."""
    return [
        Record(
            title=f"{' '.join(_WORDS[(n + i) % 12] for i in range(12))} {n}",
            authors=(f"Family{n % 977}, Given A.", f"Other{n % 331}, B.", f"Third{n % 71}, C. D."),
            date=f"{2000 + n % 25}-0{n % 9 + 1}", journal="Journal of Synthetic Medicine", volume=str(n % 60),
            issue=str(n % 12), pages=f"{n % 900}-{n % 900 + 9}", keywords=("mentoring", "health", "doctors"),
            abstract=" ".join(_WORDS[(n + i * 7) % 12] for i in range(150)), kind="article", language="eng",
            doi=f"10.9999/synth.{n}", issns=("1234-567X",), url=f"https://example.org/{n}", source_id=f"S{n}",
        )
        for n in range(count)
    ]  # fmt: skip


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def speed(count: int) -> None:
    """Print one line for each way of reading RIS."""
    data = formats.write(synthetic(count), "ris")
    print(f"{count} synthetic records, {len(data) / 1e6:.0f} MB; memory before reading {_peak():.0f} MB")
    start = time.perf_counter()
    found = sum(1 for _ in ris.iterate(data, Losses()))
    print(f"iterate: {found / (time.perf_counter() - start):,.0f} records/s, peak {_peak():.0f} MB")
    start = time.perf_counter()
    reading = formats.read(data, name="synthetic.ris")
    print(f"read:    {len(reading.records) / (time.perf_counter() - start):,.0f} records/s, peak {_peak():.0f} MB")


# -- growth


def _sizes() -> dict[str, tuple[str, bytes]]:
    """Give a small file of each format by its name: as our writers write it, else a fixture."""
    made = formats.write(synthetic(50), "ris")
    records = formats.read(made, name="x.ris").records
    found = {key: (f"x{formats.WRITERS[key].ending}", formats.write(records, key)) for key in formats.READERS
             if key in formats.WRITERS}  # fmt: skip
    for path in [*sorted((_FIXTURES / "formats").iterdir()), *sorted((_FIXTURES / "api").glob("pubmed*.xml"))]:
        if path.suffix != ".md" and (format := formats.detect(path.read_bytes(), path.name)[0]) not in found:
            found[format] = (path.name, path.read_bytes())
    return found


def _grown(format: str, data: bytes, size: int) -> bytes:
    """Repeat the records of a file until it has about so many bytes."""
    if format in ("xlsx", "csv", "csl-json"):
        return formats.write(synthetic(size // 1_500), format)
    return (data.rstrip() + b"\n\n") * max(1, size // len(data))


def growth() -> None:
    """Print the seconds that each format takes at 1 MB and at 10 MB."""
    print("| format | records | s at 1 MB | s at 10 MB | times |\n| --- | --- | --- | --- | --- |")
    for format, (name, data) in _sizes().items():
        taken = []
        for size in (1_000_000, 10_000_000):
            grown = _grown(format, data, size)
            start = time.perf_counter()
            count = len(formats.read(grown, name=name, format=format).records)
            taken.append((time.perf_counter() - start) * size / (len(grown) if format != "xlsx" else size))
        print(f"| {format} | {count:,} | {taken[0]:.2f} | {taken[1]:.2f} | {taken[1] / taken[0]:.1f} |", flush=True)


# -- real files


class _Tally:
    """What became of the files of one row."""

    def __init__(self) -> None:
        self.files = self.rejected = 0
        self.records: list[Record] = []

    def row(self) -> str:
        count = len(self.records)
        shares = (100 * sum(bool(getattr(r, f)) for r in self.records) / count if count else 0 for f in _SHOWN)
        return f"{self.files} | {count:,} | {self.rejected} | " + " | ".join(f"{share:.0f}" for share in shares)


def _print(rows: dict[str, _Tally], refused: dict[str, list[str]], first: str) -> None:
    head = [*first.split(), "files", "records", "rejected", *(f"{field} %" for field in _SHOWN)]
    print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for label, tally in rows.items():
        print(f"| {label} | {tally.row()} |")
    print("\nRefused:\n")
    for reason, names in refused.items():
        print(f"- {reason} ({len(names)}): {', '.join(names)}")


def exports(folder: Path) -> None:
    """Print what became of every file: a row per folder, format and platform, and every refusal."""
    rows: dict[str, _Tally] = {}
    refused: dict[str, list[str]] = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        place = path.parent.relative_to(folder).as_posix()
        try:
            reading = formats.read(path.read_bytes(), name=path.name)
        except ReviewError as error:
            reason = error.message.removeprefix(f"{path.name}: ").split("; the file begins")[0].split("; read are")[0]
            refused.setdefault(reason, []).append(f"{place}/{path.name}")
            continue
        tally = rows.setdefault(f"{place} | {reading.format} | {reading.platform or ''}", _Tally())
        tally.files += 1
        tally.records += reading.records
        tally.rejected += len(reading.rejected)
    _print(rows, refused, "folder format platform")


def _bodies(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give the replies that a file holds: itself, or those of a cassette that are no errors."""
    if path.suffix != ".yaml":
        yield path.name, path.read_bytes()
        return
    import yaml  # type: ignore[import-untyped]  # comes with the development tools

    for one in yaml.safe_load(path.read_text("utf-8"))["interactions"]:
        body = (one["response"].get("body") or {}).get("string") or ""
        if (one["response"].get("status") or {}).get("code", one["response"].get("status_code")) == 200 and body:
            data = body if isinstance(body, bytes) else body.encode()
            yield path.name, gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def replies(folder: Path) -> None:
    """Print what each source reads of the replies in its folder."""
    from searches.registry import SOURCES
    from searches.sources.crossref import read_work

    rows: dict[str, _Tally] = {}
    refused: dict[str, list[str]] = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and one.name != "README.txt"):
        name = path.relative_to(folder).parts[0]
        for label, body in _bodies(path) if name in SOURCES else ():
            tally = rows.setdefault(name, _Tally())
            tally.files += 1
            try:
                if name == "pubmed":
                    found: Sequence[Record] = formats.read(body, name=label).records
                elif b'"message-type":"work"' in body.replace(b" ", b"")[:200]:
                    found = (read_work(body),)
                else:
                    page = SOURCES[name].read(body, None)
                    found, tally.rejected = page.records, tally.rejected + len(page.rejected)
            except ReviewError as error:
                reason = error.message.removeprefix(f"{label}: ").split("; read are")[0].split("; the file begins")[0]
                refused.setdefault(f"{name}: {reason}", []).append(label)
            else:
                tally.records += found
    _print(rows, {reason: sorted(set(names)) for reason, names in refused.items()}, "source")


# -- damage

_NASTY = [
    b"\0", b"\x1a", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n\n", b"\nER  - \n", b"\nTY  - JOUR\n", b"\nPMID- 1\n",
    b"{", b"}", b'"', b"<!--", b"<![CDATA[", b"&#x0;", b"&nbsp;", b"<!ENTITY a SYSTEM 'file:///etc/hosts'>", b"=1+1",
    b"\\u0000", b"\\ud800", b"'" * 50, b"[" * 200, b"\nPT J\n", b"\n%0 Book\n", b"\n<1>\n", b",,,,", b"@article{a,",
    b"1" * 500, b"PK\3\4", "\u2028".encode(), b"a" * 5_000,
]  # fmt: skip


def _seeds() -> list[bytes]:
    records = synthetic(3)
    paths = [*(_FIXTURES / "formats").iterdir(), *(_FIXTURES / "api").glob("*.xml")]
    return [path.read_bytes() for path in sorted(paths) if path.suffix != ".md"] + [
        formats.write(records, format) for format in formats.WRITERS
    ]


def _damaged(seeds: list[bytes], chance: random.Random) -> bytes:
    """Cut, flip, double, move, splice or put something in, at one to eight places."""
    data = chance.choice(seeds)
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 4, 40, 400)))
        part, other = data[start:end], chance.choice(seeds)
        at = chance.randrange(len(other))
        new = (b"", part * 3, part[::-1], bytes(b ^ 1 << chance.randrange(8) for b in part), chance.randbytes(5),
               chance.choice(_NASTY), other[at : at + 200], part.upper(), b"\n" + part)  # fmt: skip
        data = data[:start] + chance.choice(new) + data[end:]
    return data


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, tuple):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def _unsound(record: Record) -> bool:
    """Whether a value is empty or holds what no database takes: NUL, or half a character."""
    texts = [text for field in fields(Record) for text in _texts(getattr(record, field.name))]
    return any(not text or "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text) for text in texts)


def fuzz(count: int, seed: int = 1) -> None:
    """Read damaged files under every format; anything but a reading or a refusal ends the run with its traceback."""
    chance, seeds = random.Random(seed), _seeds()
    said: Counter[str] = Counter()
    worst, choices = (0.0, ""), [*formats.READERS, *[None] * len(formats.READERS)]
    for number in range(count):
        data, format = _damaged(seeds, chance), chance.choice(choices)
        name = f"x{chance.choice(('.ris', '.csv', '.txt', '.xml', '.json', '.bib', '.nbib', ''))}"
        start = time.perf_counter()
        try:
            reading = formats.read(data, name=name, format=format)
        except ReviewError:
            said["refused"] += 1
        else:
            said.update({"read": 1, "records": len(reading.records), "rejected": len(reading.rejected)})
            said["unsound"] += sum(map(_unsound, reading.records))
            target = chance.choice(list(formats.WRITERS))
            formats.lost(reading.records, formats.write(reading.records, target), target)
        worst = max(worst, (time.perf_counter() - start, f"file {number}, {format or name}, {len(data):,} bytes"))
    print(f"{count:,} files, seed {seed}: {json.dumps(said)}; slowest {worst[0]:.2f} s ({worst[1]})")


def main() -> None:
    """Run what the first word says."""
    word, *rest = [*sys.argv[1:], ""] if sys.argv[1:] and not sys.argv[1].isdigit() else ["speed", *sys.argv[1:]]
    number = next((int(one) for one in rest if one.isdigit()), None)
    if word in ("exports", "replies"):
        (exports if word == "exports" else replies)(Path(rest[0]))
    elif word == "growth":
        growth()
    elif word == "fuzz":
        fuzz(number or 10_000)
    else:
        speed(number or 100_000)


if __name__ == "__main__":
    main()
