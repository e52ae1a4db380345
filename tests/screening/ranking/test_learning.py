"""What is learnt from votes and from the question, and what it says of a paper."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from screening.ranking.learning import ENOUGH, PRESUMED, Examples, learn
from screening.ranking.reading import Paper, Reading
from screening.ranking.simulation import Priors, simulate

NOTHING = Examples([], [], [])
WANTED = "asthma inhaler adherence children reminder text message trial".split()
OTHER = "bridge concrete fatigue steel corrosion load beam survey soil harvest yield irrigation wheat".split()
PLAIN = "the of and in with study results methods we found was were for between among".split()
QUESTION = "Do text message reminders improve inhaler adherence of children with asthma?"
FEW = [
    Paper("Steel beams under load", "We tested corrosion of beams.", ("fatigue",)),
    Paper("Reminders for asthma", "Inhaler adherence of children.", ("asthma", "child health")),
    Paper("Wheat harvest", None),
    Paper(None, None),
    Paper("Soil and wheat yield", "Irrigation was studied."),
]


def invented(relevant: int, irrelevant: int) -> tuple[list[Paper], list[bool]]:
    """Give papers in an order drawn by chance, of which the relevant ones share some words with the others."""
    chance = random.Random(0)
    labels = [True] * relevant + [False] * irrelevant
    chance.shuffle(labels)

    def paper(subject: list[str]) -> Paper:
        words = chance.choices(subject, k=4) + chance.choices(WANTED + OTHER, k=10) + chance.choices(PLAIN, k=20)
        return Paper(" ".join(chance.choices(subject, k=1) + chance.choices(PLAIN, k=4)), " ".join(words))

    return [paper(WANTED if label else OTHER) for label in labels], labels


def of(rows: list[int], relevant: list[bool]) -> Examples:
    return Examples(rows, relevant, [1.0] * len(rows))


def first(scores: np.ndarray) -> int:
    return int(np.argsort(-scores, kind="stable")[0])


def test_the_question_alone_puts_the_paper_that_answers_it_first() -> None:
    assert first(learn(Reading(FEW, QUESTION), NOTHING).scores) == 1


def test_with_nothing_to_go_by_every_score_is_0() -> None:
    for question in ("", "zzz qqq"):
        assert learn(Reading(FEW, question), NOTHING).scores.tolist() == [0.0] * len(FEW)


def test_relevant_ones_alone_put_papers_like_them_first() -> None:
    scores = learn(Reading(FEW, ""), of([2], [True])).scores
    assert scores[4] > max(scores[0], scores[1], scores[3])


def test_irrelevant_ones_alone_put_papers_like_them_last() -> None:
    scores = learn(Reading(FEW, ""), of([2], [False])).scores
    assert scores[4] < scores[1] <= 0


def test_the_question_ranks_against_what_was_found_irrelevant() -> None:
    scores = learn(Reading(FEW, "wheat in asthma"), of([2], [False])).scores
    assert scores[1] > scores[4]


@pytest.mark.parametrize("papers", [[], [Paper(None, None)], [Paper("", "")] * 3, [Paper("One title", None)] * 3])
@pytest.mark.parametrize("question", ["", "One title"])
def test_papers_that_say_nothing_are_ranked_all_the_same(papers: list[Paper], question: str) -> None:
    known = [of([], [])] + ([of([0], [True]), of([0], [False])] if papers else [])
    for examples in known:
        scores = learn(Reading(papers, question), examples).scores
        assert len(scores) == len(papers) and np.isfinite(scores).all()


def test_everything_decided_leaves_nothing_to_presume() -> None:
    scores = learn(Reading(FEW, QUESTION), of([0, 1, 2, 3, 4], [False, True, False, False, False])).scores
    assert first(scores) == 1


def test_a_paper_that_weighs_more_pulls_more() -> None:
    reading = Reading(FEW, "")
    light = learn(reading, Examples([1, 4, 0], [True, True, False], [1.0, 1.0, 1.0])).scores
    heavy = learn(reading, Examples([1, 4, 0], [True, True, False], [1.0, 4.0, 1.0])).scores
    assert heavy[2] - heavy[1] > light[2] - light[1]  # the other one on wheat, against the one on asthma


def test_the_same_examples_give_the_same_numbers() -> None:
    papers, labels = invented(30, PRESUMED + 100)
    rows = list(range(200))
    made = [learn(Reading(papers, QUESTION), of(rows, labels[:200])) for _ in range(2)]
    assert made[0].scores.tobytes() == made[1].scores.tobytes()
    assert made[0].chances is not None and made[1].chances is not None
    assert made[0].chances.tobytes() == made[1].chances.tobytes()


def test_chances_are_chances_and_follow_the_scores() -> None:
    papers, labels = invented(40, 400)
    model = learn(Reading(papers, ""), of(list(range(220)), labels[:220]))
    chances = model.chances
    assert chances is not None and chances.min() >= 0 and chances.max() <= 1
    assert (np.diff(chances[np.argsort(model.scores)]) >= 0).all()
    unread = np.array(labels[220:])
    assert chances[220:][unread].mean() > 5 * chances[220:][~unread].mean()
    assert chances[220:].sum() == pytest.approx(unread.sum(), rel=0.5)  # together, what there is still to find


def test_chances_wait_for_enough_of_both_kinds() -> None:
    papers, labels = invented(40, 60)
    relevant = [row for row, label in enumerate(labels) if label]
    others = [row for row, label in enumerate(labels) if not label]
    for few, many in ((ENOUGH - 1, ENOUGH), (ENOUGH, ENOUGH - 1)):
        model = learn(Reading(papers, QUESTION), of(relevant[:few] + others[:many], [True] * few + [False] * many))
        assert model.chances is None


def test_the_words_of_a_paper_are_in_it() -> None:
    papers, labels = invented(30, 100)
    model = learn(Reading(papers, ""), of(list(range(60)), labels[:60]))
    row = labels.index(True, 60)
    words = model.words(row, 5)
    text = f"{papers[row].title} {papers[row].abstract}"
    assert len(words) == 5
    assert all(word.term in text for word in words)
    assert [abs(word.weight) for word in words] == sorted((abs(word.weight) for word in words), reverse=True)
    assert any(word.weight > 0 and set(word.term.split()) & set(WANTED) for word in words)


def test_all_words_of_a_paper_together_are_its_score() -> None:
    papers, labels = invented(10, 40)
    model = learn(Reading(papers, QUESTION), of(list(range(25)), labels[:25]))
    assert sum(word.weight for word in model.words(3, 10_000)) == pytest.approx(model.scores[3])


def test_learning_finds_relevant_papers_sooner_than_plain_order() -> None:
    papers, labels = invented(20, 380)
    order = simulate(Reading(papers, ""), labels, seed=1, priors=Priors(1, 1))
    read = [labels[row] for row in order.rows[order.given :]]
    plain = [place for place, label in enumerate(labels, 1) if label]
    assert sorted(order.rows) == list(range(400))
    assert sum(place for place, label in enumerate(read, 1) if label) < sum(plain) / 3


def test_nothing_outside_this_folder_imports_scikit_learn() -> None:
    root = Path(__file__).resolve().parents[3]
    inside = root / "screening" / "ranking"
    for package in ("review", "searches", "screening", "extraction", "reports"):
        for file in (root / package).rglob("*.py"):
            if inside in file.parents:
                continue
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not any(name.split(".")[0] == "sklearn" for name in names), file
