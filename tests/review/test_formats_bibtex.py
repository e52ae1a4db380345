"""BibTeX: syntax as it is met, LaTeX and names to text and back, text that cannot act on TeX. All is synthetic."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review import formats
from review.errors import ReviewError
from review.formats.bibtex_latex import to_latex, to_text, to_verbatim
from review.formats.bibtex_names import people
from review.formats.cells import tidied
from review.record import Reading, Record


def bib(text: str, name: str = "x.bib") -> Reading:
    return formats.read(text.encode(), name=name)


def one(text: str) -> Record:
    reading = bib(text)
    assert len(reading.records) == 1, reading
    return reading.records[0]


ARTICLE = r"""
@Article{oak14, AUTHOR = {Oak, Ann and Elm, Bo}, title = {{Mentoring} of Doctors}, Journal = "Synth Med",
  year = 2014, month = may, day = 31, volume = {12}, number = {3}, pages = {142--156}, doi = {10.9999/A\_b},
  pmid = {99},
  issn = {1234-5678}, isbn = {978-1-4822-5326-9}, keywords = {mentoring, doctors}, abstract = {5\% of all.},
  publisher = {Pub}, address = {London}, language = {english}, url = {https://x.org/a_b%20c}, note = {Seen},
  file = {:a.pdf:PDF}}
"""


def test_every_field_of_an_article() -> None:
    assert one(ARTICLE) == Record(
        title="Mentoring of Doctors", authors=("Oak, Ann", "Elm, Bo"), date="2014-05-31", journal="Synth Med",
        volume="12", issue="3", pages="142-156", abstract="5% of all.", keywords=("mentoring", "doctors"),
        kind="article", language="eng", doi="10.9999/a_b", pmid="99", issns=("1234-5678",), isbns=("9781482253269",),
        url="https://x.org/a_b%20c", publisher="Pub", place="London", source_id="oak14", notes=("Seen",),
        extra=(("file", ":a.pdf:PDF"),),
    )  # fmt: skip


def test_biblatex_fields_and_what_has_no_field() -> None:
    record = one(
        "@online{k, title={T}, subtitle={S}, journaltitle={J}, date={2014-05-03}, eprint={1234.5678},"
        " eprinttype={arxiv}, langid={ngerman}, urldate={2020-01-02}}"
    )
    assert (record.title, record.journal, record.date, record.language) == ("T: S", "J", "2014-05-03", "ger")
    assert (record.kind, record.identifiers) == ("web", (("arxiv", "1234.5678"),))
    assert record.extra == (("entrytype", "online"), ("eprinttype", "arxiv"), ("urldate", "2020-01-02"))


@pytest.mark.parametrize(
    ("fields", "date", "extra"),
    [
        ("year = 2014, month = mar # {~3}", "2014-03-03", ()),
        ("year = 2014, month = {05}", "2014-05", ()),
        ("year = 2014, month = {Jan-Feb}", "2014", (("month", "Jan-Feb"),)),
        ("year = {1937}, date = {Jan}", "1937-01", ()),
        ("date = {2019-11/2020-01}", "2019-11", (("date", "2019-11/2020-01"),)),
        ("year = {in press}", None, (("year", "in press"),)),
    ],
)
def test_dates(fields: str, date: str | None, extra: tuple[tuple[str, str], ...]) -> None:
    record = one(f"@article{{k, title={{T}}, {fields}}}")
    assert (record.date, record.extra) == (date, extra)


def test_macros_are_filled_in_joined_and_unknown_ones_are_said() -> None:
    reading = bib(
        '@string{j = "J. of " # {Synth.}}\n@article(k, title = {Part} # " one", journal = J, publisher = acm)'
    )
    assert (reading.records[0].title, reading.records[0].journal) == ("Part one", "J. of Synth.")
    assert reading.records[0].publisher == "acm"
    assert reading.losses == ("a macro is not defined or fills in too much, its name was kept: acm in entry 1 (k)",)


@pytest.mark.parametrize(
    ("text", "titles", "loss"),
    [
        ("@article{a, title={One}\n@article{b, title={Two}}", ["One", "Two"], "do not match"),
        ("@misc{a, title={One {x}, year=2014}\n@misc{b, title={Two}}", ["One x, year=2014", "Two"], "do not match"),
        ("@article{a, title={One}}\n@article{b, year=2014, title={Two and a h", ["One", "Two and a h"], "may be cut"),
        ("@misc{a, title={One}, keywords={x}, z}},\nyear={2014}\n}\n@misc{b, title={Two}}", ["One", "Two"], "match"),
        ("@article{a,title={One}}@article{b,title={Two}}", ["One", "Two"], None),
        ("@misc{a, title={One} year=2014}\n@misc{,\n title={Two}}\n@misc{title={3}}", ["One", "Two", "3"], None),
        ("@article{same, title={One}}\n@article{same, title={Two}}", ["One", "Two"], None),
        ("@comment{@misc{x, title={No}}}\n@preamble{\"\\def{\\x}{y}\"}\n@misc{a, title={One}}", ["One"], None),
        ("% @article{x, title={No}}\n@article{a, title={One}}", ["One"], "commented out with % were not read (1)"),
        ("Free words\n@article{a, title={One}}\nmore", ["One"], "(2 lines); the first is “Free words”"),
        ("@article{a,\r  title={One},\r}\r@article{b, title={Two}}\r", ["One", "Two"], None),
        ("\ufeff@article{a, title={One}}", ["One"], None),
        ('@article{a, title="{"}One{"}"}', ['"One"'], None),
    ],
)  # fmt: skip
def test_files_as_they_are_met(text: str, titles: list[str], loss: str | None) -> None:
    reading = bib(text)
    assert [record.title for record in reading.records] == titles
    assert reading.rejected == ()
    assert (loss in " ".join(reading.losses)) if loss else reading.losses == ()


def test_fields_given_twice_are_kept_and_an_entry_without_anything_is_set_aside() -> None:
    reading = bib("@article{a, title={One}, title={Other}, keywords={x}, keywords={y}}\n@misc{b, year={2014}}")
    assert reading.records[0].keywords == ("x", "y")
    assert reading.records[0].extra == (("title", "Other"),)
    assert [(item.position, item.raw) for item in reading.rejected] == [(2, "@misc{b, year={2014}}")]


def test_latin_1_is_read_and_said() -> None:
    reading = formats.read("@article{a, title={Müller}}".encode("latin-1"), name="x.bib")
    assert reading.records[0].title == "Müller" and "Windows-1252" in reading.losses[0]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"G{\"o}del, M\"{u}ller, \'Angel, na\"{\i}ve, Dvo\v r\'ak", "Gödel, Müller, Ángel, naïve, Dvořák"),
        (r"{\O}st {\AA}sa {\L}\'od\'z \ss{} \c{c} \H{o} \k a", "Øst Åsa Łódź ß ç ő ą"),
        (r"{{DNA}} \textit{in vivo} {\em x} \emph{y}", "DNA in vivo x y"),
        (r"H$_2$O, 10$^{-3}$, $\alpha$-test, $p < .05$, $\geq$ 3", "H2O, 10-3, α-test, p < .05, ≥ 3"),
        ("1990--2014 --- ``why''~not", "1990–2014 — “why” not"),
        (r"R\&D, 5\%, a\_b, \$3, \#1, \{x\}", "R&D, 5%, a_b, $3, #1, {x}"),
        ("50% of R&D costs $5 and $10", "50% of R&D costs $5 and $10"),
        (r"C:\temp\new and \input{x} and \LaTeX", r"C:\temp\new and \input x and LaTeX"),
        (r"caf\'e\ and \o re \textbackslash textit", r"café and øre \textit"),
    ],
)
def test_latex_becomes_text_and_what_is_unknown_stays(latex: str, text: str) -> None:
    assert to_text(latex) == text


def test_addresses_are_no_latex() -> None:
    assert to_verbatim(r"\url{https://x.org/a\_b--c%20d\~{}e{\_}f}") == "https://x.org/a_b--c%20d~e_f"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ann Bea Oak and Elm, Bo", ("Oak, Ann Bea", "Elm, Bo")),
        ("Ludwig van Beethoven AND de la Cruz, Jr., Juan", ("van Beethoven, Ludwig", "de la Cruz, Juan, Jr.")),
        ("{Health and Care Board} and {Oak, Elm and Sons}", ("Health and Care Board", "Oak, Elm and Sons")),
        ("Plato and von Oak", ("Plato", "von Oak")),
        (r"{\'E}lie Cartan and {\O}st, {\AA}sa", ("Cartan, Élie", "Øst, Åsa")),
        ("Oak A.B. and Elm, C.", ("Oak, A.B.", "Elm, C.")),
        ("Oak, A.; Elm, B.", ("Oak, A.", "Elm, B.")),
    ],
)
def test_names(value: str, names: tuple[str, ...]) -> None:
    assert people(value) == names


def test_and_others_is_kept_as_extra() -> None:
    record = one("@article{k, title={T}, author={Oak, A. and others}}")
    assert (record.authors, record.extra) == (("Oak, A.",), (("author", "others"),))
    assert b"author = {Oak, A. and others}" in formats.write([record], "bibtex")


def test_a_key_that_says_no_more_than_the_record_is_not_kept() -> None:
    assert one("@article{oak2014tb, title={T}, author={Oak, A.}, year=2014}").source_id is None
    assert one("@article{oak14, title={T}, author={Oak, A.}, year=2014}").source_id == "oak14"
    assert one("@article{k, title={T}, unique-id={WOS:000000000000001}}").source_id == "WOS:000000000000001"


def test_identifiers_in_notes_and_eprints() -> None:
    record = one("@article{k, title={T}, note={PMID: 99999991 PMCID: PMC9999991}}")
    assert (record.pmid, record.pmcid) == ("99999991", "PMC9999991")
    assert one("@article{k, title={T}, eprint={99999991}, eprinttype={pubmed}}").pmid == "99999991"


def test_what_is_written() -> None:
    records = [
        Record(title="The Mentoring of {R&D}", authors=("Oak, Ann", "WHO"), date="2014-05-31", kind="review",
               pages="1-9", keywords=("a", "b")),
        Record(title="Mentoring", authors=("Oak, B.",), date="2014", kind="conference", journal="Proc"),
    ]  # fmt: skip
    assert formats.write(records, "bibtex").decode() == (
        "@article{oak2014mentoringa,\n"
        "  title = {{The Mentoring of \\textbraceleft{}R\\&D\\textbraceright{}}},\n"
        "  author = {Oak, Ann and {WHO}},\n"
        "  year = {2014},\n"
        "  month = may,\n"
        "  day = {31},\n"
        "  pages = {1--9},\n"
        "  keywords = {a, b},\n"
        "  review-kind = {review},\n"
        "}\n"
        "\n"
        "@inproceedings{oak2014mentoringb,\n"
        "  title = {{Mentoring}},\n"
        "  author = {Oak, B.},\n"
        "  year = {2014},\n"
        "  booktitle = {Proc},\n"
        "}\n"
    )


def test_no_key_is_written_twice() -> None:
    titled = [Record(title="Ment", authors=("Oak, A.",), date="2014")] * 28
    data = formats.write([*titled, Record(title="Menta", authors=("Oak, A.",), date="2014")], "bibtex").decode()
    keys = re.findall(r"@misc\{(\w+),", data)
    assert len(set(keys)) == 29 and keys[:2] == ["oak2014mentb", "oak2014mentc"] and keys[-1] == "oak2014menta"


HOSTILE = r"}\input{/etc/passwd}\write18{rm}%$ ^^5c \end{document} @article{x, title={y}} \{ } { #~&_"


def test_hostile_text_stays_text() -> None:
    record = Record(
        title=HOSTILE, authors=(HOSTILE, "Oak, " + HOSTILE), url="https://x.org/}\\input{x}", abstract=HOSTILE
    )
    data = formats.write([record], "bibtex").decode()
    values = re.findall(r"(?<!url) = \{(.*)\},$", data, re.MULTILINE)
    harmless = re.compile(r"\\(?:text(?:backslash|brace(?:left|right)|ascii(?:tilde|circum))\{\}|[$&%#_])")
    for value in values:
        left = harmless.sub("", value)
        assert "\\" not in left and left.count("{") == left.count("}")
        assert not re.search(r"(?<!\\)[%$#^~]", left)
    (back,) = formats.read(data.encode(), name="x.bib").records
    assert (back.title, back.abstract, back.url) == (HOSTILE, HOSTILE, "https://x.org/}\\input{x}")


TEXT = st.text(st.sampled_from(list("\\{}$&%#_^~-`'\"abAé@ =,;:()\n/.1")), min_size=1, max_size=12).filter(str.strip)
WORDS = st.lists(TEXT, max_size=3).map(tuple)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
MAYBE = st.none() | TEXT
RECORDS = st.builds(
    Record, title=TEXT, authors=WORDS, date=st.sampled_from([None, "2014", "2014-05", "2014-05-31"]), journal=MAYBE,
    volume=MAYBE, issue=MAYBE, pages=MAYBE | st.just("1-9"), abstract=MAYBE, keywords=WORDS,
    kind=st.sampled_from([None, "review", "article", "trial", "thesis", "chapter"]), language=MAYBE,
    doi=st.sampled_from([None, "10.9999/a_b"]), pmid=st.sampled_from([None, "123"]),
    pmcid=st.sampled_from([None, "PMC1234"]),
    issns=st.sampled_from([(), ("1234-5678",)]), isbns=st.sampled_from([(), ("9781482253269",)]), url=MAYBE,
    publisher=MAYBE, place=MAYBE, flags=WORDS, source_id=MAYBE, identifiers=PAIRS, notes=WORDS, extra=PAIRS,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_every_record_is_read_back_as_it_was(records: list[Record]) -> None:
    data = formats.write(records, "bibtex")
    reading = formats.read(data, name="x.bib")
    assert list(reading.records) == [tidied(record) for record in records]
    assert reading.losses == () and data == formats.write(records, "bibtex")


@given(TEXT)
def test_text_written_as_latex_is_read_back(text: str) -> None:
    assert to_text(to_latex(text)) == text


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 700), st.integers(0, 20), st.text(max_size=8)), max_size=6))
def test_no_damage_crashes_the_reader_or_loses_the_file_in_silence(cuts: list[tuple[int, int, str]]) -> None:
    text = ARTICLE * 2
    for start, length, new in cuts:
        text = text[:start] + new + text[start + length :]
    try:
        reading = formats.read(text.encode("utf-8", "replace"), name="x.bib", format="bibtex")
    except ReviewError:
        return
    assert reading.records or reading.rejected or reading.losses


@pytest.mark.parametrize("text", ["{", "@a{b,c={", "@a{b,c={}", '@a{b,c="', "\\'", "$a", "@string{a=a#", "}@a{b,"])
def test_repeated_damage_takes_no_longer_than_its_length(text: str) -> None:
    formats.read(b"@article{k, title={" + text.encode() * 20_000, name="x.bib", format="bibtex")
