"""The names of transfer syntaxes, against the registry of pydicom."""

from __future__ import annotations

import re

import pytest
from pydicom import uid

from pacscore.cli.syntaxes import KEYWORDS, keyword, transfer_syntax


@pytest.mark.parametrize(("name", "number"), KEYWORDS.items())
def test_a_keyword_is_that_of_the_standard(name: str, number: str) -> None:
    registered = uid.UID(number)
    if registered.is_transfer_syntax:  # an older pydicom does not know the youngest
        assert name.replace("-", "") == re.sub(r"[^a-z0-9]", "", registered.keyword.lower())
    assert transfer_syntax(name) == transfer_syntax(name.upper()) == transfer_syntax(number) == number
    assert keyword(number) == name


def test_an_unknown_uid_stands_for_itself() -> None:
    assert transfer_syntax("1.2.3") == keyword("1.2.3") == "1.2.3"
