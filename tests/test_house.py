"""The rules of the house, checked by machine: layout, rooms, names, lists that live in two places."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import review
from review import errors

ROOT = Path(__file__).parent.parent
ROOMS = ("review", "searches", "screening", "extraction", "reports")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", ROOMS)
def test_the_packages_with_generic_names_are_ours(room: str) -> None:
    module = importlib.import_module(room)
    assert module.__file__ is not None
    assert Path(module.__file__).parent.parent == ROOT


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_and_functions_stay_small(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.count("\n") <= 400
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and "migrations" not in path.parts:
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            assert size <= 60, f"{node.name} has {size} lines"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_every_module_says_what_lives_here(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_sql_lives_in_the_store_and_in_rows_only() -> None:
    offenders = [
        name(p)
        for p in MODULES
        if "sqlalchemy" in imports(p) and "store" not in p.parts and not p.name.endswith("rows.py") and _runs_sql(p)
    ]
    assert offenders == []


def _runs_sql(path: Path) -> bool:
    """Say whether a module uses more of SQLAlchemy than the type of a connection."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            return any(alias.name not in ("Connection", "Engine") for alias in node.names)
    return False


def test_http_goes_out_in_two_places() -> None:
    clients = {"requests", "urllib3", "httpx", "http", "socket"}
    ours = {"searches/transport.py", "searches/fetching.py", "review/cli/serve.py"}  # serve only listens
    assert [name(p) for p in MODULES if imports(p) & clients and name(p) not in ours] == []


def test_the_version_is_the_newest_in_the_changelog() -> None:
    newest = re.search(r"^## (\S+) ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == review.__version__
    assert f"version: {review.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_environment_yml_is_no_second_list_of_dependencies() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    listed = re.findall(r"^\s+- (\S.*)$", text, re.MULTILINE)
    assert listed == [
        "conda-forge", f"python{PYPROJECT['project']['requires-python']}", "make", "pip", "pip:", "--editable .[dev]",
    ]  # fmt: skip


def test_every_package_is_listed_for_installation() -> None:
    found = {".".join(p.parent.relative_to(ROOT).parts) for p in MODULES if p.name == "__init__.py"}
    assert found == set(PYPROJECT["tool"]["setuptools"]["packages"])


def test_every_error_has_its_exit_code_in_the_docs() -> None:
    documented = dict(
        re.findall(
            r"^\| (\w+Error|Source\w+|NotExpressible) \|.*\| (\d+) \|$",
            (ROOT / "docs/errors.md").read_text("utf-8"),
            re.MULTILINE,
        )
    )
    tree = {
        cls.__name__: str(cls.exit_code)
        for cls in vars(errors).values()
        if isinstance(cls, type) and issubclass(cls, errors.ReviewError) and cls is not errors.QueryError
    }
    assert documented == tree


def test_the_page_of_commands_is_what_the_command_line_says() -> None:
    made = subprocess.run(
        [sys.executable, "-c", "import write; print(write.commands(), end='')"],
        cwd=ROOT / "docs", env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert made.stdout == (ROOT / "docs/commands.md").read_text("utf-8"), "run: make docs"


def test_the_example_and_its_template_are_the_same_protocol() -> None:
    example = (ROOT / "examples/mentoring/protocol.toml").read_bytes()
    assert example == (ROOT / "review/protocol/templates/mentoring.toml").read_bytes()


def test_make_help_names_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    explained = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    assert set(phony.group(1).split()) == explained
    stages = "search dedupe screen snowball fulltext extract report flow tables status"
    assert {*stages.split(), "setup", "check", "test", "bench", "docs", "demo", "clean"} <= explained


def test_nothing_speaks_of_one_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    paths = re.compile(r"(^|[\s\"'(=])/(work|farm|root)/")
    for path in tracked.stdout.split():
        full = ROOT / path
        if full.suffix in (".py", ".md", ".toml", ".yml", ".sh", ".cfg", "") and full.is_file():
            assert not paths.search(full.read_text("utf-8", errors="replace")), path
