"""The documentation tells the truth: links lead somewhere, commands run, ``--json`` prints the keys that are listed."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import responses

import review.cli.serve
from review.cli.main import COMMANDS, cli, main
from review.formats.registry import READERS, WRITERS
from review.query import SYNTAXES
from searches.citing import CITING
from searches.dialects.platforms import PLATFORMS
from searches.registry import SOURCES
from searches.transport import Line

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\S*)[ ]?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# -- links


def anchors(text: str) -> set[str]:
    """Give the anchors that GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text("utf-8")))  # a query in a code span is no link
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for link in links:
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


# -- commands as they are written


def written(page: Path) -> Iterator[list[str]]:
    """Give the words of every command ``review …`` in the fenced blocks of a page."""
    for language, _, body in FENCE.findall(page.read_text("utf-8")):
        if language != "sh":
            continue
        for line in body.splitlines():
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words and words[0] in ("review", ".venv/bin/review"):
                yield words[1:]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_in_blocks_are_understood(page: Path) -> None:
    for words in written(page):
        command: click.Command = cli
        context = click.Context(cli, info_name="review")
        rest = list(words)
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            found = command.get_command(context, rest.pop(0))
            assert found is not None, words
            command = found
        with contextlib.suppress(click.exceptions.Exit):  # --help and --version
            command.make_context("review", rest)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_in_sentences_exist(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    for command, more in re.findall(r"`review ([a-z][\w-]*)(?: ([a-z][\w-]*))?", text):
        assert command in COMMANDS, command
        group = cli.get_command(click.Context(cli), command)
        if more and isinstance(group, click.Group):
            assert more in group.list_commands(click.Context(group)), f"{command} {more}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_targets_of_make_exist(page: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)) <= known


# -- commands as they run


def run(*words: object) -> tuple[int, str, str]:
    """Run a command as a person does; give exit code, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.argv = sys.argv, ["review", *map(str, words)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as done:
            main()
    finally:
        sys.argv = before
    return int(done.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of the example review, and stand in it."""
    place = tmp_path / "my-review"
    shutil.copytree(ROOT / "examples/mentoring", place)
    monkeypatch.chdir(place)
    for variable in ("REVIEW_DIR", "REVIEW_USER", "REVIEW_DATABASE"):
        monkeypatch.delenv(variable, raising=False)
    return place


def test_the_guide_runs(example: Path) -> None:
    """Every block ```sh of the guide is run in order; ```sh elsewhere marks what needs a network, a person or make.

    A block ```text NAME is a file that its reader saves.
    """
    lines: list[str] = []
    for language, where, body in FENCE.findall((ROOT / "docs/guide.md").read_text("utf-8")):
        if language == "text" and where:
            (example / where).write_text(body, "utf-8")
        if language == "sh" and not where:
            lines += body.splitlines()
    assert len(lines) > 20
    for line in lines:
        words = shlex.split(line, comments=True)
        if words:
            assert words[0] == "review", line
            code, _, err = run(*words[1:])
            assert code == 0, f"{line}\n{err}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_pieces_of_a_protocol_can_be_used(page: Path, example: Path) -> None:
    """Each block ```toml is put behind the protocol of the example, which must stay without a fault."""
    protocol = example / "protocol.toml"
    before = protocol.read_text("utf-8")
    for language, _, body in FENCE.findall(page.read_text("utf-8")):
        if language == "toml":
            protocol.write_text(f"{before}\n{body}", "utf-8")
            code, _, err = run("check")
            assert code == 0, f"{body}\n{err}"


def test_the_readme_counts_what_there_is() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    there = {
        "sources": SOURCES, "platforms": PLATFORMS, "query languages": SYNTAXES, "citation indexes": CITING,
        "formats read": READERS, "written": WRITERS,
    }  # fmt: skip
    for what, table in there.items():
        assert f"{len(table)} {what}" in text, what


# -- the keys of --json


def documented() -> dict[str, dict[str, str]]:
    """Give, per command of docs/json.md, its keys with their types."""
    found: dict[str, dict[str, str]] = {}
    for section in re.split(r"^## ", (ROOT / "docs/json.md").read_text("utf-8"), flags=re.MULTILINE)[1:]:
        names = re.findall(r"`review ([^`]+)`", section.split("\n", 1)[0]) or [section.split("\n", 1)[0]]
        cells = re.findall(r"^\| (`.+?) \| ([^|]+?) \|", section, re.MULTILINE)
        rows = {key: kind for keys, kind in cells for key in re.findall(r"`([^`]+)`", keys)}
        for command in names:
            assert command not in found
            found[command] = rows
    return found


def paths(value: Any, types: dict[str, str], before: str = "") -> Iterator[str]:
    """Walk the keys of what was printed; a key whose type is ``object by …`` holds keys of the review itself."""
    for key, inside in value.items():
        path = f"{before}{key}"
        yield path
        if isinstance(inside, dict) and not types.get(path, "").startswith("object by"):
            yield from paths(inside, types, f"{path}.")
        elif isinstance(inside, list):
            for one in inside:
                if isinstance(one, dict):
                    yield from paths(one, types, f"{path}[].")


STABLE = {
    "status": "records reports screened excluded conflicts included_reports included_studies next_step",
    "search": "source status hits retrieved records rejected matched_locally losses error",
    "import": "source status hits retrieved records rejected matched_locally losses error",
    "dedupe": "records reports duplicates unsure seconds",
    "convert": "format platform records rejected losses",
    "strategies": "source kind query losses what effect",
    "known": "id source found failed_concepts kept",
    "audit": "identities boxes id status",
    "report": "files path sha256 warnings",
    "verify": "events chain ok broken_at raw_files full_texts missing",
    "simulate": "records relevant recall wss95 wss100 atd first_relevant seconds",
}
"""The names that were promised first, copied by hand: a key that goes missing here breaks somebody's script."""


@pytest.mark.parametrize("command", STABLE)
def test_promised_keys_are_documented(command: str) -> None:
    last = {path.rpartition(".")[2] for path in documented()[command]}
    assert set(STABLE[command].split()) <= last


def test_every_command_is_on_the_page_of_keys() -> None:
    assert {heading.split()[0] for heading in documented()} == {*COMMANDS, "Errors"}


RUNS = """
init: init new
init: init dropbox/new
check: check --live
strategies: strategies
strategies: strategies --query-file brought.txt --syntax ovid
count: count
search: search --source europepmc
import: import
search --replay: search --replay
check: check
known: known known.txt
dedupe: dedupe
dedupe: dedupe imports/article_2008.ris imports/report_refs.ris -o merged.ris
pairs list: pairs list
pairs accept: pairs accept --above 0.5
pairs same: pairs same 1 56
pairs same: pairs same 1 56
pairs different: pairs different 19 58
pairs different: pairs different 19 58
pairs same-study: pairs same-study 28 34
pairs same-study: pairs same-study 28 34
pairs undo: pairs undo 28 34
pairs same: pairs same 28 34
pairs show: pairs show 28 34
screen next: screen next --stage title-abstract
screen decide: screen decide 2 exclude --reason not_publication --stage title-abstract
screen next: screen next --stage title-abstract
screen undo: screen undo --stage title-abstract
screen decide: screen decide 3 include --stage title-abstract
screen decide: screen decide 3 exclude --stage title-abstract --as Bob
screen mine: screen mine --stage title-abstract
screen comment: screen comment 3 Why --stage title-abstract
screen conflicts: screen conflicts --stage title-abstract
screen agreement: screen agreement --stage title-abstract --as Cy
screen resolve: screen resolve 3 include --stage title-abstract --as Bob
screen decide: screen decide 3 maybe --stage title-abstract --as Bob
screen conflicts: screen conflicts --stage title-abstract
screen resolve: screen resolve 3 include --stage title-abstract --as Bob
fulltext: fulltext
fulltext find: fulltext find
fulltext add: fulltext add imports
fulltext asked: fulltext asked 3 --route library
fulltext retrieved: fulltext retrieved 3
fulltext missing: fulltext missing 3 --note loan
screen stop: screen stop --stage title-abstract --why Enough --yes --as Bob
screen resume: screen resume --stage title-abstract --why More --as Bob
screen assign: screen assign --stage title-abstract --overlap 10 --dry-run --as Bob
screen pilot: screen pilot --stage title-abstract --size 2 --dry-run --as Bob
screen import: screen import wrong.csv
screen import: screen import decisions.csv
screen quality: screen quality --stage title-abstract --size 1 --dry-run --as Bob
screen again: screen again --stage title-abstract --reason not_publication --as Bob
screen handover: screen handover Ann --dry-run --as Bob
screen rounds: screen rounds --stage title-abstract --as Bob
screen stop: screen stop --stage title-abstract
screen export: screen export exported.csv
screen background: screen background background.ris
screen repair: screen repair 2 --field abstract --text Looked. --source publisher
screen repairs: screen repairs repairs.csv
screen repair: screen repair 2 --field abstract --undo
screen export --bundle: screen export --bundle exported.bundle
screen import --bundle: screen import --bundle exported.bundle
extract join: extract join extraction/studies.csv
extract join: extract join strong2013 77
extract split: extract split strong2013 77
extract apart: extract apart strong2013 ramanan2006 --undo
extract rename: extract rename ramanan2006 ramanan
extract rename: extract rename ramanan ramanan2006
extract preview: extract preview bitc-mentoring
extract pilot: extract pilot --size 1 --as Bob
extract freeze: extract freeze --note Tried --as Bob
extract versions: extract versions
extract out: extract out form.xlsx
extract in: extract in extraction/answers.csv --yes
extract in: extract in survey.csv --yes
extract surveys: extract surveys
pairs same-study: pairs same-study 77 78
extract join: extract join strong2013 79
extract studies: extract studies
extract split: extract split strong2013 79
extract in: extract in second.csv --yes --as Bob
extract compare: extract compare steven2008
extract settle: extract settle steven2008 kind left
extract compare: extract compare steven2008
extract done: extract done steven2008
extract reopen: extract reopen steven2008
extract leave: extract leave steven2008 --as Bob
extract agreement: extract agreement
extract status: extract status
appraise out: appraise out form.csv
appraise in: appraise in extraction/judgements.csv --yes
appraise status: appraise status
code out: code out codings.csv
code in: code in extraction/codings.csv --yes
code in: code in bobs.csv --as Bob
code in: code in extraction/findings.csv --table findings
code in: code in extraction/cmo.csv --table cmo
code in: code in memos.csv --table memos
code status: code status
code check: code check
code check FILE: code check published_claims.toml
code rename: code rename calm --label Quiet
code merge: code merge calm rest
code split: code split rest calm B1:steven2008
code split: code split rest calm B2:mann2011
code themes: code themes
code themes THEME: code themes calm
code drop: code drop rest
code codebook: code codebook
code agree: code agree health --as Bob
code findings: code findings
code cmo: code cmo
code compare: code compare
code done: code done steven2008
code reopen: code reopen steven2008
code leave: code leave steven2008 --as Bob
snowball: snowball
retractions: retractions
report: report
audit: audit published.toml --out drawn
status: status
verify: verify
archive: archive public.zip --public
restore: restore public.zip back
convert: convert imports/article_2008.ris converted.csv
simulate: simulate labelled.csv
worker: worker --once
serve: serve --port 0 --no-worker
team invite: team invite Ann
team revoke: team revoke Ann
team list: team list
Errors: status -C nowhere
Errors: check -C faulty
"""
"""Section of docs/json.md: command. In order, on one copy of the example with a team of two."""


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """Run RUNS; give, per section of docs/json.md, every key that was printed. Sources refuse (HTTP 400)."""
    place = tmp_path_factory.mktemp("keys") / "review"
    shutil.copytree(ROOT / "examples/mentoring", place)
    protocol = (place / "protocol.toml").read_text("utf-8")
    team = 'name = "Ann"\n\n[[team]]\nname = "Cy"\nroles = ["adjudicator"]\n\n[[team]]\nname = "Bob"'
    two = protocol.replace('name = "Illustrative reviewer"', team)
    (place / "protocol.toml").write_text(two, "utf-8")
    listed = (place / "imports/report_refs.ris").read_text("utf-8")
    # snowballing needs an included report with a DOI, and the list of notices one that came as retracted
    more = "DO  - 10.1258/jrsm.2008.080153\nC8  - review:flag=retracted\n"
    with_doi = listed.replace("N1  - ref 28\n", f"N1  - ref 28\n{more}")
    (place / "imports/report_refs.ris").write_text(with_doi, "utf-8")
    (place / "brought.txt").write_text("1. ment$.kw.\n2. limit 1 to humans\n", "utf-8")
    (place / "wrong.csv").write_text("report,stage,verdict\n1,nowhere,include\n", "utf-8")
    (place / "known.txt").write_text("10.1258/jrsm.2008.080153\nno id\n", "utf-8")
    (place / "labelled.csv").write_text("title,label\nMentors,1\nSoil,0\nMentees,1\nHarvest,0\n", "utf-8")
    (place / "survey.csv").write_text(
        "study,field,value,missing,quote,place\nwelch2012,survey#1/item,Was it useful?,,,\n"
        "welch2012,survey#1/responses,Yes [1]: 3; No [0]: 1,,,\n", "utf-8",
    )  # fmt: skip
    (place / "bobs.csv").write_text(
        "key,study,statement,text,component,subelement,polarity,perspective,evidence,quote,place\n"
        ",steven2008,B1,Calm,emergent:calm,,+,,,,\n,mann2011,B2,Rest,emergent:rest,,+,,,,\n", "utf-8",
    )  # fmt: skip
    (place / "memos.csv").write_text("theme,text\nhealth,Think of time\n", "utf-8")
    second = "study,field,value,missing,quote,place\nsteven2008,kind,commentary,,,\n"
    (place / "second.csv").write_text(second, "utf-8")
    (place / "faulty").mkdir()
    (place / "faulty/protocol.toml").write_text("[review]\n", "utf-8")
    found: dict[str, set[str]] = {}
    with pytest.MonkeyPatch.context() as patch, responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        patch.chdir(place)
        patch.setenv("REVIEW_USER", "Ann")
        patch.setitem(Line.__init__.__kwdefaults__, "sleep", lambda seconds: None)  # nobody there needs patience
        for variable in ("REVIEW_DIR", "REVIEW_DATABASE", "NCBI_API_KEY", "OPENALEX_API_KEY"):
            patch.delenv(variable, raising=False)
        patch.setattr(review.cli.serve, "run", lambda app, listener, proxies: listener.close())
        for method in (responses.GET, responses.POST):
            web.add(method, re.compile(r"https?://.*"), status=400)
        for line in RUNS.strip().splitlines():
            section, _, words = line.partition(": ")
            _, out, err = run(*words.split(), "--json")
            assert out.count("\n") == 1, f"{words} printed not one line:\n{out}\n{err}"
            found.setdefault(section, set()).update(paths(json.loads(out), documented().get(section, {})))
        (place / "protocol.toml").write_text(two.replace("votes = 1", "votes = 3"), "utf-8")
        amended = json.loads(run("check", "--json")[1])
        found["check"].update(paths(amended, documented()["check"]))
    yield found


@pytest.mark.parametrize("section", dict.fromkeys(line.partition(": ")[0] for line in RUNS.strip().splitlines()))
def test_the_page_of_keys_says_what_is_printed(section: str, printed: dict[str, set[str]]) -> None:
    assert printed[section] == set(documented()[section])
