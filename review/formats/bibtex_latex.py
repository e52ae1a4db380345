"""LaTeX in the values of BibTeX to plain text, and plain text to LaTeX that does nothing. Tables and two functions.

One pass from left to right that executes nothing: a command that is not in the tables stays as it is written.
"""

from __future__ import annotations

import re
import unicodedata

# Sources: The Comprehensive LaTeX Symbol List, https://ctan.org/pkg/comprehensive, tables 1 to 20; LaTeX2e reference
# manual, accents, https://latexref.xyz/Accents.html; checked 2026-11-22.
_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331", "t": "\u0361",
}  # fmt: skip
"""Accent command to the combining character that it stands for."""
_SIGNS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
    "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "copyright": "©", "pounds": "£", "euro": "€", "texteuro": "€",
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "degree": "°", "textmu": "µ", "textonehalf": "½",
    "textendash": "–", "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "textquotedbl": '"', "textquotesingle": "'", "guillemotleft": "«", "guillemotright": "»",
    "quotesinglbase": "‚", "quotedblbase": "„", "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}",
    "textasciitilde": "~", "textasciicircum": "^", "textasciigrave": "`", "textunderscore": "_", "textdollar": "$",
    "textless": "<", "textgreater": ">", "textbar": "|", "textbullet": "•", "textperiodcentered": "·",
    "textellipsis": "…", "ldots": "…", "dots": "…", "slash": "/", "textordfeminine": "ª", "textordmasculine": "º",
    "pm": "±", "mp": "∓", "times": "×", "div": "÷", "cdot": "·", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
    "leqslant": "≤", "geqslant": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡",
    "infty": "∞", "to": "→", "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "uparrow": "↑",
    "downarrow": "↓", "Rightarrow": "⇒", "circ": "°", "prime": "′", "sqrt": "√", "partial": "∂", "sum": "∑", "in": "∈",
    "varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "lt": "<", "gt": ">", "chi": "χ", "quad": " ", "qquad": " ",
    "newline": " ", "par": " ", "TeX": "TeX", "LaTeX": "LaTeX", "textmd": "", "&": "&", "copy": "©",
}  # fmt: skip
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi psi omega"
)
for _letter in (*_GREEK.split(), "omega"):
    _official = _letter.replace("lambda", "lamda").upper()  # Unicode's own spelling
    _SIGNS[_letter] = unicodedata.lookup(f"GREEK SMALL LETTER {_official}")
    _SIGNS[_letter.capitalize()] = unicodedata.lookup(f"GREEK CAPITAL LETTER {_official}")
_STYLES = frozenset(
    "textit textbf textsc textrm textsf texttt textsl textup textnormal textsubscript textsuperscript text emph mbox "
    "mathrm mathit mathbf mathsf mathcal mathbb mathtt hbox underline enquote url path uppercase lowercase it bf sc em "
    "rm sf tt sl itshape bfseries scshape rmfamily sffamily ttfamily upshape mdseries normalfont noopsort left right "
    "protect relax href textcolor small large nobreak ensuremath boldsymbol bm ce si SI num sp sb".split()
)
"""Commands that only change how their argument looks."""

_TOKEN = re.compile(
    r"\\(?P<mark>[\"'`^~=.]\s*|[uvHcdbkrt](?:\s+|(?=[{\\])))"
    r"(?:\{\s*(?:\\(?P<dotless>[ij])\s*|(?P<inner>[^\W\d_]))\}|\\(?P<bare>[ij])(?![A-Za-z])\s*|(?P<letter>[^\W\d_]))"
    r"|\\(?P<name>[A-Za-z]+)\*?(?:\{\}|[ \t]*)"
    r"|\\(?P<sign>[^A-Za-z])"
    r"|\$(?P<math>[^$]{1,300})\$"
    r"|(?P<dash>-{2,3}(?!-))|(?P<quote>``|'')|(?P<space>~)|(?P<brace>[{}])"
)
_ESCAPED = {**{sign: sign for sign in "&%$#_{}"}, "\\": " ", "-": "", "/": "", "@": "", " ": " ", "!": "", "\n": " ",
            ",": " ", ";": " ", ":": " ", "(": "", ")": "", "[": "", "]": ""}  # fmt: skip
_MATHS = re.compile(r"[\\_^<>=]|\A\s*\w\s*\Z")
"""What makes text between two dollar signs a formula and not two amounts of money."""


def to_text(value: str) -> str:
    r"""Turn LaTeX into plain text: accents, signs and dashes become characters, styles and braces go.

    >>> to_text(r"M{\'u}ller \& {\L}\'od\'z: \textit{in vivo} H$_2$O, $p<.05$, 5\% --- ``why''")
    'Múller & Łódź: in vivo H2O, p<.05, 5% — “why”'
    >>> to_text(r"50% of R&D costs $5 and $10; C:\temp")
    '50% of R&D costs $5 and $10; C:\\temp'
    """
    if "\\" not in value and not re.search(r"[{}$~]|--|``|''", value):
        return value
    return _TOKEN.sub(_plain, value)


def _plain(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if mark := match["mark"]:
        letter = match["dotless"] or match["inner"] or match["bare"] or match["letter"]
        return unicodedata.normalize("NFC", letter + _MARKS[mark.strip()])
    if match["name"]:
        return _command(match)
    if kind == "sign":
        return _ESCAPED.get(match["sign"], match[0] if match["sign"] not in _MARKS else "")
    if math := match["math"]:
        if not _MATHS.search(math):
            return f"${_TOKEN.sub(_plain, math)}$"
        return _TOKEN.sub(_plain, re.sub(r"(?<!\\)[_^]", "", math))
    if dash := match["dash"]:
        return "–" if len(dash) == 2 else "—"
    return {"``": "“", "''": "”", "~": " "}.get(match[0], "")


def _command(match: re.Match[str]) -> str:
    name = match["name"]
    if name in _SIGNS:
        return _SIGNS[name]
    if name in _STYLES:
        return ""
    apart = " " if match.string[match.end() : match.end() + 1] == "{" else ""
    return match[0].removesuffix("{}") + apart


def to_verbatim(value: str) -> str:
    r"""Turn a web address or an identifier into plain text: only what TeX needs escaped is unescaped.

    >>> to_verbatim(r"https://x.org/a\_b%20c\~{}d{\_}e"), to_verbatim(r"\url{10.1000/a--b}")
    ('https://x.org/a_b%20c~d_e', '10.1000/a--b')
    """
    text = re.sub(r"\\(?:textasciitilde|~)(?:\{\s*\})?|\$\\sim\$", "~", value)
    text = re.sub(r"\\textunderscore(?:\{\}|\s)?", "_", text)
    text = re.sub(r"\\(?:url|path|href)\s*(?=\{)", "", text)
    return re.sub(r"[{}]", "", re.sub(r"\\([%&#_$~])", r"\1", text))


_HARMLESS = str.maketrans(
    {
        **{sign: "\\" + sign for sign in "$&%#_"},
        "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    }
)  # fmt: skip
_LIGATURES = re.compile(r"-(?=-)|`(?=`)|'(?=')")


def to_latex(text: str) -> str:
    r"""Write plain text so that TeX prints it as it is: no command, comment, formula or brace of the text survives.

    Letters stay as they are (UTF-8), as Zotero and JabRef write them too.

    >>> to_latex(r"50% of {R&D} \input{x} --")
    '50\\% of \\textbraceleft{}R\\&D\\textbraceright{} \\textbackslash{}input\\textbraceleft{}x\\textbraceright{} -{}-'
    """
    return _LIGATURES.sub(lambda mark: mark[0] + "{}", text.translate(_HARMLESS))


_UNSAFE = {"\\": "%5C", "{": "%7B", "}": "%7D", " ": "%20"}


def to_verbatim_field(text: str) -> str:
    r"""Write a web address or identifier for a field that biblatex takes verbatim: what could end the field is encoded.

    >>> to_verbatim_field("https://x.org/a_b}\\c")
    'https://x.org/a_b%7D%5Cc'
    """
    return "".join(_UNSAFE.get(sign, sign) for sign in text)
