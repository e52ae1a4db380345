"""Tables as LaTeX: a fragment per table to ``\\input``, and a document of all of them that compiles as it is. Pure.

``longtable`` and ``booktabs``, the header repeated on every page. Any engine compiles it: what pdfLaTeX cannot set, or
the fonts of the document lack, is printed as its code point, so nothing is lost in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from textwrap import wrap

from reports.clean import runs
from reports.table import Table, fitting, shares, shown

PACKAGES = ("array", "booktabs", "longtable", "pdflscape")
_LETTERS, _LETTERS_TURNED = 105, 160
"""So many letters of \\footnotesize fit on a line, and on one of a page in landscape: 170 and 250 mm."""
_LINES = 24
"""A row of more lines is continued in a further one: a row is never broken over pages, and would run off its page."""
_LONG, _PIECE = 26, 14
"""From so many letters on a word may be broken, after every so many."""
_HEAD = (
    "% A table for \\input{{tables/{name}.tex}}.\n% It needs \\usepackage{{{packages}}} and is written in UTF-8.\n"
    "% Made from the log of the review: what is changed here is lost when it is made again.\n"
)
_FURTHER = "\\addtocounter{table}{-1}\n"
"""Between the parts of a table with more columns than a page holds, which have one number."""
_COMMANDS = (
    '\\providecommand{\\reviewbeyond}[3]{\\ifdefined\\Umathchar\\iffontchar\\font"#1 #3\\else[#2]\\fi\\else[#2]\\fi}\n'
    "\\providecommand{\\reviewrtl}[1]{\\ifdefined\\XeTeXversion{\\TeXXeTstate=1\\beginR #1\\endR}"
    "\\else\\ifdefined\\directlua{\\textdir TRT #1}\\else#1\\fi\\fi}\n"
)
"""Code point of the first letter, all code points in words, and the letters; and a run from right to left."""
_PREAMBLE = r"""% All tables of the review. XeLaTeX, LuaLaTeX and tectonic set every script that the fonts have,
% pdfLaTeX Latin letters. The tables are in the folder tables/, one file each.
\documentclass[a4paper,10pt]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{\usepackage{mathptmx}}
\else
  \usepackage{fontspec}
  \newcommand{\reviewother}{}
  \IfFontExistsTF{FreeSerif}{\newfontfamily{\reviewfont}{FreeSerif}\renewcommand{\reviewother}{\reviewfont}}{%
  \IfFontExistsTF{DejaVu Sans}{\newfontfamily{\reviewfont}{DejaVu Sans}\renewcommand{\reviewother}{\reviewfont}}{}}
  \newcommand{\reviewbeyond}[3]{\iffontchar\font"#1 #3\else{%
    \reviewother\iffontchar\font"#1 #3\else\allowbreak[#2]\fi}\fi}
\fi
\usepackage[margin=20mm]{geometry}
"""

_ESCAPES = {
    "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#", "%": "\\%", "_": "\\_",
    "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}", ">": "\\textgreater{}",
    "|": "\\textbar{}", "`": "\\textasciigrave{}", '"': "\\char34{}", "[": "{[}", "*": "{*}",
    "\n": "\\newline{}", "\u00a0": "~", "\u202f": "\\,", "\u00ad": "\\-", "\u200b": "\\hspace{0pt}",
    **{sign: f"\\ensuremath{{{name}}}" for sign, name in {
        "−": "-", "≤": "\\leq", "≥": "\\geq", "≠": "\\neq", "≈": "\\approx", "→": "\\rightarrow", "←": "\\leftarrow",
        "↔": "\\leftrightarrow", "↑": "\\uparrow", "↓": "\\downarrow", "√": "\\surd", "∞": "\\infty", "∼": "\\sim",
        "α": "\\alpha", "β": "\\beta", "γ": "\\gamma", "δ": "\\delta", "ε": "\\epsilon", "η": "\\eta",
        "θ": "\\theta", "κ": "\\kappa", "λ": "\\lambda", "μ": "\\mu", "π": "\\pi", "ρ": "\\rho", "σ": "\\sigma",
        "τ": "\\tau", "φ": "\\phi", "χ": "\\chi", "ω": "\\omega", "Δ": "\\Delta", "Σ": "\\Sigma", "Ω": "\\Omega",
    }.items()},
}  # fmt: skip
"""Character -> what prints it. ``[`` and ``*`` would be read as arguments of the row's end before them."""
_TABLE = str.maketrans(_ESCAPES)
_DOUBLED = re.compile("([-,'])(?=\\1)")
_ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328"
_ACCENTED = "".join(
    char for char in map(chr, range(0x100, 0x180)) if unicodedata.normalize("NFD", char)[1:] in tuple(_ACCENTS)
)
_LATIN = "".join(map(chr, (*range(0xA1, 0xAD), *range(0xAE, 0x100)))) + _ACCENTED + "ıŁłŒœĐđȘșȚț"
_KNOWN = f"\\n\x20-\x7e{_LATIN}–—‘’‚“”„†‡•…‰‹›€™" + "".join(one for one in _ESCAPES if not one.isascii())
_BEYOND = re.compile(f"([^{_KNOWN}]+)")
"""What pdfLaTeX cannot set: beyond Latin letters, signs, and what is escaped."""


def fragment(*blocks: Table) -> str:
    """Write a table, its blocks one after the other, to be ``\\input``."""
    body = "".join(_block(table, number) for number, table in enumerate(blocks, 1))
    beyond = _COMMANDS if "\\reviewbeyond" in body else ""
    return _HEAD.format(name=blocks[0].name, packages=",".join(PACKAGES)) + beyond + body


def whole(paths: Sequence[str]) -> str:
    """Write the document that has every table in it."""
    inputs = "".join(f"\\input{{{path}}}\n" for path in paths)
    return f"{_PREAMBLE}\\usepackage{{{','.join(PACKAGES)}}}\n\\begin{{document}}\n{inputs}\\end{{document}}\n"


def _block(table: Table, number: int) -> str:
    title = escaped(" ".join(table.heading.split()))
    label = f"tab:{table.name}" + (f"-{number}" if number > 1 else "")
    notes = "".join(f"\\par\\noindent {escaped(note)}\n" for note in (table.note or "").splitlines())
    if table.rows:
        caption, room = f"\\caption{{{title}}}\\label{{{label}}}", _LETTERS_TURNED if table.wide else _LETTERS
        parts = enumerate(fitting(table, room))
        body = _FURTHER.join("".join(_longtable(part, "" if n else caption, room)) for n, part in parts) + notes
    else:
        body = f"\\noindent\\textbf{{{title}}}\\label{{{label}}}\\par\\noindent Nothing to show yet.\n{notes}"
    body = f"\\begingroup\\footnotesize\\setlength{{\\LTcapwidth}}{{\\linewidth}}\n{body}\\par\\endgroup\n"
    return f"\\begin{{landscape}}\n{body}\\end{{landscape}}\n" if table.wide else body + "\\bigskip\n"


def _longtable(table: Table, caption: str, room: int) -> Iterator[str]:
    """Write a table; one without a caption goes on with further columns of the one before."""
    parts = shares(table, room)
    names = " & ".join(f"\\textbf{{{escaped(' '.join(column.split()))}}}" for column in table.columns)
    head = f"\\\\\n\\toprule\n{names}\\\\\n\\midrule\n"
    again = f"\\multicolumn{{{len(parts)}}}{{@{{}}l}}{{Table \\thetable{{}} (continued)}}"
    yield "\\begin{longtable}{@{}"
    yield "".join(f">{{\\raggedright\\arraybackslash}}p{{\\dimexpr {p:.4f}\\linewidth-2\\tabcolsep}}" for p in parts)
    yield f"@{{}}}}\n{caption or again}{head}\\endfirsthead\n{again}{head}"
    yield "\\endhead\n\\bottomrule\n\\endfoot\n"
    for row in table.rows:
        lines = _lines(row, [max(int(part * room) - 2, 4) for part in parts])
        yield "\\\\\n".join(" & ".join(map(escaped, line)) for line in lines) + "\\\\\\addlinespace\n"
    yield "\\end{longtable}\n"


def _lines(row: Sequence[str | None], widths: Sequence[int]) -> Iterator[tuple[str, ...]]:
    """Give a row, or the rows that one of too many lines is cut into."""
    texts = [shown(cell) for cell in row]
    if all(len(text) + text.count("\n") * width < _LINES * width for text, width in zip(texts, widths, strict=True)):
        yield tuple(texts)
        return
    yield from zip_longest(*(_pieces(text, width) for text, width in zip(texts, widths, strict=True)), fillvalue="")


def _pieces(text: str, width: int) -> list[str]:
    """Cut a text at spaces into pieces of so many lines."""
    lines = [(line, last) for part in text.split("\n") for line, last in _wrapped(part, width)]
    groups = [lines[start : start + _LINES] for start in range(0, len(lines), _LINES)]
    return ["".join(line + ("\n" if last else " ") for line, last in group).strip() for group in groups]


def _wrapped(part: str, width: int) -> list[tuple[str, bool]]:
    lines = wrap(part, width, break_on_hyphens=False) or [""]
    return [(line, at == len(lines) - 1) for at, line in enumerate(lines)]


def escaped(text: str) -> str:
    """Escape a text for LaTeX; nothing in it is a command, whatever it says.

    >>> print(escaped("50% of a_b \\\\input{x}"))
    50\\% of a\\_b \\textbackslash{}input\\{x\\}
    """
    flat = unicodedata.normalize("NFC", text).replace("\t", " ").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(f"\\reviewrtl{{{_set(part)}}}" if turned else _set(part) for part, turned in runs(_broken(flat)))


def _broken(text: str) -> str:
    """Mark in very long words where a line may end (U+200B)."""
    return re.sub(rf"\S{{{_LONG},}}", lambda word: re.sub(rf"(.{{{_PIECE}}})(?=.)", "\\1\u200b", word[0]), text)


def _set(text: str) -> str:
    return "".join(_beyond(part) if at % 2 else _plain(part) for at, part in enumerate(_BEYOND.split(text)) if part)


def _plain(text: str) -> str:
    return _DOUBLED.sub(r"\1{}", text.translate(_TABLE))


def _beyond(text: str) -> str:
    """Write letters, those of each script (block of 256 code points) together, with their code points."""
    made = []
    for _, some in groupby(text, lambda char: ord(char) >> 8):
        run = "".join(some)
        codes = " ".join(f"U+{ord(char):04X}" for char in run)
        made.append(f"\\reviewbeyond{{{ord(run[0]):X}}}{{{codes}}}{{{run}}}")
    return "".join(made)
