"""The breaks that tests must notice are of the code as it is."""

import pytest

from tests.breaks import SETS, Break
from tests.conftest import ROOT

ALL = [each for breaks, _ in SETS.values() for each in breaks]


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.what)
def test_what_a_break_replaces_is_there(made: Break) -> None:
    assert made.text in (ROOT / made.file).read_text()
