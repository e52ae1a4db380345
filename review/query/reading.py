"""Read one query in a platform's language: one parser for all of them, driven by the facts of the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from review.errors import QueryError
from review.query.coding import placed, range_of, spread
from review.query.headings import heading, ovid_heading
from review.query.pieces import Blame, Lost, Piece, closed, gathered, join, near, negate
from review.query.syntax import Operator, Place, Syntax
from review.query.tokens import OPERAND, Token, numbers, place, tokens, unknown_code
from review.query.wildcards import leaf

MIXED = "operators without brackets"
REFERENCE = re.compile(r"([#S]?)(\d{1,4})", re.IGNORECASE)
COMBINATION = re.compile(r"(?:\s|[()]|[#S]?\d{1,4}(?:\s*[-,–]\s*\d+)*|\b(?:and|or|not)\b/?)+", re.IGNORECASE)
_FOREIGN = re.compile(r"(?:adj|near)\d+|(?:near|pre|w|next|onear)/\d+", re.IGNORECASE)
_DEEPEST, _MOST_CODES = 40, 3
"""Brackets in each other, and codes in a row: more than people write, and far fewer than calls can be nested."""


class Reader:
    """Recursive descent over the tokens; operators of one level are bound afterwards, as the platform does.

    ``lines`` are what the numbers of other lines stand for, ``used`` those that were asked for; ``notes`` collects how
    the text was taken to be meant.
    """

    def __init__(self, text: str, syntax: Syntax, lines: Mapping[int, Piece] | None = None) -> None:
        self.text = text
        self.syntax = syntax
        self.lines = lines or {}
        self.used: set[int] = set()
        self.notes: list[Lost] = []
        self.tokens = tokens(text, syntax)
        self.ends = _ends(self.tokens)
        self.at = 0
        self.around: Place | None = None

    def read(self) -> Piece:
        """Read the whole text."""
        if not self.tokens:
            raise self.error("The query is empty", None, "Write at least one word.")
        self.refuse_depth()
        piece = self.level()
        if (token := self.peek()) is not None:
            raise self.error("This bracket closes nothing", token, "Take it away, or open one before it.")
        return replace(closed(piece), losses=gathered([piece], self.notes))

    def refuse_depth(self) -> None:
        depth = codes = 0
        for token in self.tokens:
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            codes = codes + 1 if token.kind in ("prefix", "tag", "suffix") else 0
            if depth > _DEEPEST or codes > _MOST_CODES:
                raise self.error("Too many brackets or fields in each other", token, "Take some of them away.")

    def level(self) -> Piece:
        """Read up to a closing bracket or the end."""
        pieces, operators = [self.negated()], []
        while (token := self.peek()) is not None and token.kind != "close":
            operators.append((self.operator(token), token))
            pieces.append(self.negated())
        if not operators:
            return pieces[0]
        return self.bound(pieces, operators)

    def operator(self, token: Token) -> Operator:
        """Give the operator that stands here; words side by side have none that is written."""
        if token.kind in OPERAND or token.kind == "prefix":
            if self.syntax.side_by_side == "and":
                self.notes.append((f"what stands side by side is joined by AND, as {self.syntax.label} does", "none"))
                return "and"
            hint = f"Write AND or OR: {self.syntax.label} joins words only, not groups."
            raise self.error("There is no operator before this", token, hint)
        self.at += 1
        if token.kind == "near":
            return "near"
        if token.kind == "same":
            return "same"
        words = token.text.casefold().split()
        return "or" if words == ["or"] else "and" if words == ["and"] else "not"

    def negated(self) -> Piece:
        token = self.peek()
        if token is not None and token.kind == "operator" and token.text.casefold() == "not":
            self.at += 1
            return negate(self.coded(), self.blame(token))
        return self.coded()

    def bound(self, pieces: list[Piece], operators: list[tuple[Operator, Token]]) -> Piece:
        """Bind the operators of one level, the tightest first; several without brackets are worth a note."""
        kinds = {operator for operator, _ in operators}
        if "or" in kinds and kinds & ({"and", "not", "same", "near"} if self.or_first else {"and", "not", "same"}):
            self.notes.append((f"{MIXED} are read as {self.syntax.label} does: {self.syntax.order}", "none"))
        pieces, operators, limits = self.limits_apart(pieces, operators)
        for tier in self.syntax.binding if operators else ():
            pieces, operators = self.tier(tier, pieces, operators)
        return self.joined([pieces[0], *limits], "and", None) if limits else pieces[0]

    def limits_apart(
        self, pieces: list[Piece], operators: list[tuple[Operator, Token]]
    ) -> tuple[list[Piece], list[tuple[Operator, Token]], list[Piece]]:
        """Take out the limits that stand behind a NOT in one level: platforms write them at the end for the whole."""
        kinds = [operator for operator, _ in operators]
        late = next(tier for tier in self.syntax.binding if tier & {"and", "not"}) == {"and"}
        if not late or "not" not in kinds or "or" in kinds:
            return pieces, operators, []
        first = kinds.index("not") + 1
        apart = {n for n, kind in enumerate(kinds, 1) if n > first and kind == "and" and pieces[n].node is None}
        if apart:
            self.notes.append(("limits behind NOT are read as those of the whole", "none"))
        kept = [n for n in range(1, len(pieces)) if n not in apart]
        found = [pieces[0], *(pieces[n] for n in kept)], [operators[n - 1] for n in kept]
        return *found, [pieces[n] for n in sorted(apart)]

    @property
    def or_first(self) -> bool:
        return self.syntax.binding[0] == {"or"}

    def tier(
        self, tier: frozenset[Operator], pieces: list[Piece], operators: list[tuple[Operator, Token]]
    ) -> tuple[list[Piece], list[tuple[Operator, Token]]]:
        """Bind the operators of one tier from left to right; a run of one operator is joined at once."""
        kept: list[Piece] = []
        rest: list[tuple[Operator, Token]] = []
        run, kind = [pieces[0]], "and"
        blamed: Token | None = None
        for (operator, token), right in zip(operators, pieces[1:], strict=True):
            wanted = "or" if operator == "or" else "and"
            if operator not in tier:
                kept.append(self.joined(run, kind, token))
                rest.append((operator, token))
                run = [right]
            elif operator == "near":
                run = [self.near(self.joined(run, kind, token), right, token)]
            else:
                if len(run) > 1 and kind != wanted:
                    run = [self.joined(run, kind, token)]
                run.append(self.taken(operator, right, token))
                kind, blamed = wanted, token
        return [*kept, self.joined(run, kind, blamed)], rest

    def taken(self, operator: Operator, right: Piece, token: Token) -> Piece:
        """Give the right side of an operator as what AND or OR joins."""
        if operator == "same":
            what = "words in one sentence or address are asked for in one record"
            return replace(closed(right), losses=gathered([right], [(what, "broader")]))
        return negate(right, self.blame(token)) if operator == "not" else right

    def joined(self, run: list[Piece], kind: str, token: Token | None) -> Piece:
        return join("or" if kind == "or" else "and", run, self.blame(token))

    def near(self, left: Piece, right: Piece, token: Token) -> Piece:
        facts = self.syntax.closeness[token.row]
        number = facts.bare if token.number is None else token.number
        return near(left, right, max(0, number - facts.less), facts.ordered, self.blame(token))

    def coded(self) -> Piece:
        """Read one item with the field codes before or behind it."""
        token = self.peek()
        if token is not None and token.kind == "prefix":
            return self.prefixed(token)
        is_group = token is not None and token.kind == "open"
        piece = self.item()
        while (token := self.peek()) is not None and token.kind in ("tag", "suffix"):
            self.at += 1
            if is_group and token.kind == "tag":
                self.notes.append(("a field behind brackets is read as that of all words in them", "none"))
            piece = placed(piece, self.places(token), self.syntax, self.blame(token))
        return piece

    def prefixed(self, token: Token) -> Piece:
        """Read what a code before it holds for: one group, or all words up to an operator."""
        self.at += 1
        (meant,) = self.places(token)
        outer, self.around = self.around, meant if meant.kind == "heading" else None
        pieces = [self.coded()]
        while self.syntax.code == "equals" and (following := self.peek()) and following.kind in ("word", "phrase"):
            pieces.append(self.item())
        self.around = outer
        return placed(closed(self.joined(pieces, "and", token)), (meant,), self.syntax, self.blame(token))

    def places(self, token: Token) -> tuple[Place, ...]:
        """Look up the codes that one token holds."""
        names = token.text.split(",") if token.kind == "suffix" else [token.text.partition(":~")[0]]
        found = [place(name, self.syntax) for name in names]
        for name, meant in zip(names, found, strict=True):
            if meant is None:
                raise unknown_code(name, self.text, token.column, self.syntax)
        return tuple(meant for meant in found if meant is not None)

    def item(self) -> Piece:
        token = self.peek()
        if token is None or token.kind not in OPERAND:
            raise self.missing(token)
        if token.kind in ("word", "phrase"):
            return self.words(token)
        self.at += 1
        if token.kind == "open":
            return self.group(token)
        if token.kind == "limit":
            return range_of(token.text, self.syntax, self.blame(token))
        if token.kind == "heading":
            return ovid_heading(token.text, self.syntax, self.blame(token))
        kind, _, which = token.text.partition("/")
        return closed(self.joined([self.line(number, token) for number in numbers(which)], kind.strip().lower(), token))

    def group(self, opened: Token) -> Piece:
        if (token := self.peek()) is not None and token.kind == "close":
            raise self.error("These brackets are empty", opened, "Write at least one word between them.")
        piece = self.level()
        if self.peek() is None:
            raise self.error("This bracket is never closed", opened, "Close it, or take it away.")
        self.at += 1
        return closed(piece)

    def words(self, first: Token) -> Piece:
        """Read a word or phrase, or words side by side where they belong together."""
        run, code = self.run()
        self.at += len(run)
        if len(run) == 1 and first.kind == "word" and (number := self.reference(first)) is not None:
            return self.line(number, first)
        for token in run:
            if token.kind == "word" and _FOREIGN.fullmatch(token.text):
                hint = "If the query is from another platform, name that one; a word stands between quotes."
                raise self.error(f"{self.syntax.label} has no operator {token.text}", token, hint)
        raw, blame = " ".join(token.text for token in run), self.blame(first)
        if code is not None and (distance := code.text.partition(":~")[2]).isdecimal():
            return spread(raw, int(distance), self.syntax, blame)
        meant = self.around if code is None else self.places(code)[0]
        if meant is not None and meant.kind == "heading" and (code is None or "," not in code.text):
            return heading(raw, meant, self.syntax, blame)
        if len(run) > 1 and self.syntax.side_by_side == "and":
            self.notes.append(("words without quotes before a field are read as a phrase", "narrower"))
        return leaf(raw, self.syntax, quoted=len(run) > 1 or first.kind == "phrase", blame=blame)

    def run(self) -> tuple[list[Token], Token | None]:
        """Give the words side by side that belong together from here on, and the code behind them."""
        end = self.ends[self.at]
        code = self.tokens[end] if end < len(self.tokens) and self.tokens[end].kind in ("tag", "suffix") else None
        apart = self.around is None if code is None else self.tokens[end - 1].kind == "phrase"
        if self.syntax.side_by_side == "and" and apart and end - self.at > 1:
            return [self.tokens[self.at]], None
        return self.tokens[self.at : end], code

    def reference(self, token: Token) -> int | None:
        """Give the number of the line that a word stands for.

        A number alone is a line where nothing but numbers is joined; beside other words it is one in Ovid only.
        """
        marked = REFERENCE.fullmatch(token.text)
        if marked is None:
            return None
        mark, number = marked[1], int(marked[2])
        if mark == "#":
            return number
        joins = len(self.tokens) > 1 and COMBINATION.fullmatch(self.text) is not None
        if mark:
            return number if self.syntax.code == "word" and (joins or number in self.lines) else None
        if joins:
            return number
        return number if number in self.lines and self.syntax.code == "suffix" else None

    def line(self, number: int, token: Token) -> Piece:
        if number not in self.lines:
            hint = "Bring in the whole history, each line with its number, and the lines that are used first."
            raise self.error(f"There is no line {number} before this", token, hint)
        self.used.add(number)
        return closed(self.lines[number])

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def missing(self, token: Token | None) -> QueryError:
        before = self.tokens[self.at - 1] if self.at else None
        blamed = before if before is not None and before.kind in ("operator", "near", "same", "prefix") else token
        return self.error(
            "A word, a phrase or a group is missing here", blamed, "An operator stands between two, a field beside one."
        )

    def blame(self, token: Token | None) -> Blame:
        return lambda message, hint: self.error(message, token, hint)

    def error(self, message: str, token: Token | None, hint: str) -> QueryError:
        return QueryError(message, self.text, token.column if token else 1, hint=hint)


def _ends(found: list[Token]) -> list[int]:
    """Give for each token where the words side by side end that it belongs to."""
    ends = [*range(len(found))]
    for at in reversed(range(len(found))):
        if found[at].kind in ("word", "phrase"):
            ends[at] = ends[at + 1] if at + 1 < len(found) and found[at + 1].kind in ("word", "phrase") else at + 1
    return ends
