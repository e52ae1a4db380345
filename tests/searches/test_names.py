"""Names with the given names first."""

from __future__ import annotations

import pytest

from searches.sources.names import inverted


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada B. Maker", "Maker, Ada B."),
        ("Ada B. van der Maker", "van der Maker, Ada B."),
        ("Van Maker", "Maker, Van"),  # the first word is never a particle
        ("Maker, Ada", "Maker, Ada"),
        ("Maker, Ada, Jr", "Maker, Ada, Jr"),
        ("Mononym", "Mononym"),
    ],
)
def test_inverted(name: str, expected: str) -> None:
    assert inverted(name) == expected
