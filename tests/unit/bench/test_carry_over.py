"""Nothing that is carried over random edits of real clips is silently wrong.

`make bench-carry` does the same for two hundred edits. These are some that once were wrong: a move
of a second that was cut again, changes of speed where little moves, another take of the same shot,
and a subtitle that ends a frame into new content.
"""

from __future__ import annotations

import pytest

from tests.bench.carry_judge import Verdict
from tests.bench.carry_over import carried_edit

# Of what people would look for in vain if it was all to be checked.
_MOST_TO_CHECK = 0.6


@pytest.mark.slow("encodes and embeds a video for each edit")
@pytest.mark.parametrize("seed", [9, 84, 109, 126, 145])
def test_nothing_is_silently_wrong(seed: int) -> None:
    result = carried_edit(seed)
    assert result.wrong == []
    to_check = sum(count for (_, one), count in result.verdicts.items() if one is Verdict.TO_CHECK)
    assert to_check <= _MOST_TO_CHECK * result.verdicts.total()
