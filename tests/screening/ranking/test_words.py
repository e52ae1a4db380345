"""What is kept of a model tells of any paper the words and numbers that the model itself has."""

from __future__ import annotations

import random

import pytest

from screening.ranking.learning import Examples, learn
from screening.ranking.reading import Paper, Reading
from screening.ranking.words import kept, words

TERMS = "mentor doctor burnout cell rat the of café 流行 naïve x1 β-blocker".split()


def papers(count: int) -> list[Paper]:
    chance = random.Random(3)

    def text(length: int) -> str:
        return " ".join(chance.choices(TERMS, k=length))

    return [
        Paper(text(chance.randrange(6)) or None, None if n % 7 == 0 else f"{text(30)}. {text(9)}", (text(2), text(1)))
        for n in range(count)
    ]


@pytest.mark.parametrize("votes", [0, 40])
def test_the_words_are_those_of_the_model(votes: int) -> None:
    made = papers(120)
    reading = Reading(made, "mentor doctor burnout")
    model = learn(reading, Examples(range(votes), [n % 4 == 0 for n in range(votes)], [1.0] * votes))
    numbers = [n * 3 + 1 for n in range(120)]
    stored = kept(reading, model.weights, numbers)
    told = 0
    for row, paper in enumerate(made):
        expected, found = model.words(row), words(stored, numbers[row], paper.title, [paper.abstract, *paper.keywords])
        assert found is not None
        assert [one.term for one in found] == [one.term for one in expected]
        assert [one.weight for one in found] == pytest.approx([one.weight for one in expected], rel=2e-3)
        told += len(found)
    assert told > 400
    assert words(stored, 2, "mentor", []) is None, "a paper that the model has not read"
