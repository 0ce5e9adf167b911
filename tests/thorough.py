"""How thoroughly is tested: some of many cases each time, all of them by ``make thorough``."""

import os
from collections.abc import Sequence
from itertools import combinations
from typing import Any, Final

THOROUGH: Final = bool(os.environ.get("SEQFLIP_TEST_THOROUGH"))


def tries(few: int, many: int) -> int:
    """Return how often something random is tried."""
    return many if THOROUGH else few


def every_pair(options: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Choose as few options as meet every pair of values at least once, or all of them."""
    if THOROUGH:
        return [*options]
    pairs = [set(combinations(one.items(), 2)) for one in options]
    left = set().union(*pairs)
    chosen = []
    while left:
        best = max(range(len(options)), key=lambda i: len(pairs[i] & left))
        chosen.append(best)
        left -= pairs[best]
    return [options[i] for i in sorted(chosen)]
