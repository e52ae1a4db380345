"""Compare translations with those of another tool: how many are the same, and why the others differ.

    python bench/translations.py CASES.json [--all]

The file holds a list of ``{"input", "engine", "expected"}``; inputs are in the language of PubMed or of Ovid. *Same*
leaves out spaces, the case of operators, needless brackets, quotes around one word, line numbers and names of one tag.
``--all`` prints every difference, not three for each reason.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from review.errors import NotExpressible, QueryError
from review.protocol.model import Limits
from review.query.bringing import read_syntax
from searches.dialects import PASTED, translate

ENGINES = {
    "PubMed abbreviation": "pubmed", "PubMed full": "pubmed", "Ovid MEDLINE": "ovid", "PsycInfo (Ovid)": "ovid",
    "Cochrane Library": "cochrane", "Embase (Elsevier)": "embase", "Web of Science": "web_of_science",
    "Scopus (advanced search)": "scopus", "Scopus (basic search)": "scopus", "CINAHL (Ebsco)": "ebscohost",
    "PsycInfo (Ebsco)": "ebscohost", "SPORTDiscus": "ebscohost", "Business Source Ultimate": "ebscohost",
    "ProQuest Health and Medical": "proquest",
}  # fmt: skip
"""The dialect of each engine; one that is not here is no platform of this project."""

_TAGS = {"mesh": "mh", "mesh terms": "mh", "mesh major topic": "majr", "title": "ti"}
_FIELD = re.compile(r"\[|\.\w\w(,\w\w)*\.?\s*$|/\s*$|\.\w\w\.")
Case = Mapping[str, str]


def plain(text: str) -> str:
    """Bring a query into a form in which only what is asked differs."""
    text = re.sub(r"^(#?\d+\.?\s+)(?!(and|or|not)\b)", "", text, flags=re.MULTILINE | re.IGNORECASE)
    text = re.sub(r"\[([^\[\]]+)\]", lambda tag: f"[{_TAGS.get(tag[1].lower(), tag[1].lower())}]", text)
    text = re.sub(r"['\"](\w+[*?$#]?)(\+?)['\"]", r"\1\2", " ".join(text.split()))
    text = text.replace(".tw.", ".ti,ab.")
    text = re.sub(r"\b(and|or|not)\b", lambda word: word[0].upper(), text, flags=re.IGNORECASE)
    while True:
        bare = re.sub(r"\(\s*((?:(?!\b(?:AND|OR|NOT|N\d+|adj\d+)\b)[^()])*?)\s*\)", r" \1 ", text)
        bare = re.sub(r"^\s*\(([^()]*)\)\s*$", r"\1", bare)
        if bare == text:
            return re.sub(r"\s+|(?<=\.)$", "", re.sub(r"\s*([.:\[])\s*", r"\1", text)).rstrip(".").lower()
        text = bare


def ours(case: Case) -> str | None:
    """Translate a case; ``None`` where there is no such platform, a message in <> where it cannot be done."""
    dialect = ENGINES.get(case["engine"])
    if dialect is None:
        return None
    syntax = (
        "pubmed" if re.search(r"\[\w[^\]]*\]\s*$|\[\w+\]", case["input"]) and "[mp" not in case["input"] else "ovid"
    )
    try:
        return translate(read_syntax(case["input"], syntax).query, Limits(), PASTED[dialect]).text
    except (QueryError, NotExpressible) as error:
        return f"<{error.message}>"


REASONS: tuple[tuple[str, Callable[[Case, str], bool]], ...] = (
    ("a filter or line command of that tool", lambda c, _: bool(re.match(r"<|\w+/\d", c["input"]))),
    ("one character or none (?), not asked as any number", lambda c, _: "?" in c["input"] or "#" in c["input"]),
    ("refused or not read here", lambda _, text: text.startswith("<")),
    ("no field in the input: ours says which is searched", lambda c, _: not _FIELD.search(c["input"])),
    (
        "subheadings and substances: words of headings here",
        lambda c, _: bool(re.search(r"[\[.](sh|fs|nm)\b", c["input"])),
    ),
    ("that tool drops the field", lambda c, _: c["expected"].strip('"') in c["input"]),
    ("main topic kept", lambda c, _: "majr" in c["input"].lower() or "major" in c["input"].lower()),
    ("words near each other", lambda c, _: bool(re.search(r"\badj\d", c["input"], re.IGNORECASE))),
    ("text word fields", lambda c, _: bool(re.search(r"[\[.](tiab|tw|mp|ti,ab)\b", c["input"]))),
    ("other", lambda *_: True),
)


def main(arguments: list[str]) -> None:
    """Print a table of engines, then the differences by reason."""
    cases: list[Case] = json.loads(Path(arguments[0]).read_text("utf-8"))
    most = None if "--all" in arguments else 3
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    differences: dict[str, list[tuple[Case, str]]] = defaultdict(list)
    for case in cases:
        text = ours(case)
        if text is None:
            counts[case["engine"]]["no dialect"] += 1
        elif plain(text) == plain(case["expected"]):
            counts[case["engine"]]["same"] += 1
        else:
            counts[case["engine"]]["different"] += 1
            differences[next(reason for reason, fits in REASONS if fits(case, text))].append((case, text))
    print("| engine | cases | same | different | no dialect |\n| --- | --- | --- | --- | --- |")
    for engine, found in sorted(counts.items()):
        print(f"| {engine} | {found.total()} | {found['same']} | {found['different']} | {found['no dialect']} |")
    total = sum(counts.values(), Counter())
    print(f"| all | {total.total()} | {total['same']} | {total['different']} | {total['no dialect']} |")
    for reason, _ in REASONS:
        print(f"\n{reason}: {len(differences[reason])}")
        for case, text in differences[reason][:most]:
            print(f"  {case['engine']}: {case['input'][:70]!r}")
            print(f"    there {case['expected'][:110]!r}\n    here  {text[:110]!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
