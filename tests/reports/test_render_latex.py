"""Tables in LaTeX: whatever a text says, it is printed and does nothing; really compiled where an engine is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from report_log import HOSTILE, LONG, RIGHT_TO_LEFT

from reports.render_latex import escaped, fragment, whole
from reports.table import Table, table

EVIL = f"{HOSTILE} \\input{{/etc/passwd}} \\end{{longtable}} 50% #1 ^^M ~ $x$ -- ,, '' ?` ≤ α é 中文 😀"
COMMANDS = {
    "allowbreak", "arraybackslash", "begin", "beginR", "begingroup", "bigskip", "bottomrule", "caption", "char",
    "dimexpr", "directlua", "else", "end", "endR", "endfirsthead", "endfoot", "endgroup", "endhead", "ensuremath", "fi",
    "font", "footnotesize", "hspace", "ifdefined", "iffontchar", "label", "leq", "alpha", "linewidth", "midrule",
    "multicolumn", "newline", "noindent", "par", "providecommand", "raggedright", "reviewbeyond", "reviewrtl",
    "setlength", "tabcolsep", "textasciicircum", "textasciigrave", "textasciitilde", "textbackslash", "textbar",
    "textbf", "textdir", "textgreater", "textless", "thetable", "toprule", "addlinespace", "LTcapwidth", "TeXXeTstate",
    "Umathchar", "XeTeXversion",
}  # fmt: skip
"""All that the renderer itself writes."""


@pytest.fixture
def made() -> tuple[Table, ...]:
    rows = [(EVIL, RIGHT_TO_LEFT, None, "[x] y"), ("* z", f"a\n{LONG}", "https://example.org/" + "x" * 90, "")]
    return (
        table("one", EVIL, ("Study", "[Title]", "*", "D"), rows, note=f"First\n{EVIL}"),
        table("one", "One", [f"C{n}" for n in range(7)], [[LONG * 9] + ["x"] * 6], block="wide"),
        table("one", "One", ("A", "B"), (), block="empty"),
    )


def test_no_text_becomes_a_command_and_every_brace_is_closed(made: tuple[Table, ...]) -> None:
    code = "\n".join(line for line in fragment(*made).splitlines() if not line.startswith("% "))
    assert set(re.findall(r"\\([A-Za-z]+)", code)) <= COMMANDS
    bare = re.sub(r"\\[\\{}%$&#_,\-]", "", code)
    assert bare.count("{") == bare.count("}") and not re.search(r"[%$^~]", bare)
    assert bare.count("\\begin{longtable}") == bare.count("\\end{longtable}") == 2
    assert escaped("[a] -- ,,") == "{[}a] -{}- ,{},"
    assert escaped(f"x {RIGHT_TO_LEFT}").startswith("x \\reviewrtl{\\reviewbeyond{5D3}{U+05D3 ")


def test_a_row_longer_than_a_page_goes_on_in_further_rows(made: tuple[Table, ...]) -> None:
    rows = fragment(made[1]).partition("\\endfoot\n")[2].split("\\end{longtable}")[0].split("\\\\\n")
    assert len(rows) > 1 and " ".join("".join(rows).split()).count("Mentoring") == 9 * 40
    assert [row.count("&") for row in rows if row.strip()] == [6] * sum(bool(row.strip()) for row in rows)


@pytest.mark.parametrize("engine", ["xelatex", "pdflatex", "tectonic"])
def test_the_document_compiles(made: tuple[Table, ...], tmp_path: Path, engine: str) -> None:
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/one.tex").write_text(fragment(*made), "utf-8")
    (tmp_path / "tables.tex").write_text(whole(["tables/one.tex"]), "utf-8")
    options = [] if engine == "tectonic" else ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    run = subprocess.run([engine, *options, "tables.tex"], cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout[-2000:].decode(errors="replace")
    assert (tmp_path / "tables.pdf").stat().st_size > 1000
