"""The list of countries, and what people write instead of its codes."""

from __future__ import annotations

import pytest

from review.countries import ALIASES, NAMES, code_of, meant


def test_the_list_is_that_of_iso_3166() -> None:
    assert len(NAMES) == 249
    assert list(NAMES) == sorted(NAMES)
    assert set(ALIASES.values()) <= set(NAMES)


@pytest.mark.parametrize(
    ("written", "code"),
    [("UK", "GB"), ("Puerto Rico", "PR"), ("nigeria", "NG"), ("ca", "CA"), ("Cote d’Ivoire", "CI"), ("U.S.A.", "US")],
)
def test_codes_and_names_are_understood(written: str, code: str) -> None:
    assert code_of(written) == code


def test_a_slip_is_no_country_and_names_nearby_are_suggested_first() -> None:
    assert code_of("UAS") is None
    assert meant("UAS", among=["UAE"]) == "UAE"
    assert meant("UAS", among=["USA"]) == "USA"
    assert meant("Germny") == "Germany"
    assert meant("nowhere at all") is None
