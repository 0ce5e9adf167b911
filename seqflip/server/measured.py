"""What pairs that were brought are like: how many, how long, the first of them, what was left out.

Many of them are read by a process of its own: a hundred thousand take seconds, in which the server
would answer everybody else late. It tells what it found as JSON.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from seqflip.data.pairs.pairs import Pairs
from seqflip.server.brought import BroughtError, read_brought

_SHOWN: Final = 10
_TOLD: Final = 200
_MANY: Final = 300_000  # bytes
_SECONDS: Final = 60

Pair = tuple[list[str], list[str]]


class MeasuredPairs(NamedTuple):
    """What a page says of pairs.

    Attributes
    ----------
    pairs : int
        How many there are.
    words : int
        How many tokens there are, the mark that ends a sequence included.
    source, target : int
        Tokens in the longest of each.
    first : list of (list of str, list of str)
        The first pairs, as the model sees them.
    left_out : int
        How many lines are no pairs.
    reasons : list of (int, str)
        The first of these lines, and why.
    decisions : list of str
        What was decided in reading them, in sentences.
    """

    pairs: int
    words: int
    source: int
    target: int
    first: list[Pair]
    left_out: int
    reasons: list[tuple[int, str]]
    decisions: list[str]


def measure(path: Path, reading: Mapping[str, Any]) -> MeasuredPairs:
    """Measure the pairs in a file, read as ``reading`` says.

    Raises
    ------
    BroughtError
        If there are none in it, or it cannot be read in time.
    """
    if path.stat().st_size < _MANY:
        return _measured(read_brought(path, reading))
    command = [sys.executable, "-m", __name__]
    asked = json.dumps({"path": str(path), "reading": dict(reading)})
    try:
        done = subprocess.run(
            command, input=asked.encode(), capture_output=True, timeout=_SECONDS, check=True
        )
    except subprocess.TimeoutExpired:
        raise BroughtError(f"they are not read within {_SECONDS} seconds; bring fewer") from None
    except subprocess.CalledProcessError:
        raise BroughtError("they cannot be read; bring fewer") from None
    found = json.loads(done.stdout)
    if "error" in found:
        raise BroughtError(found["error"])
    return MeasuredPairs(**found)


def _measured(pairs: Pairs) -> MeasuredPairs:
    sides = pairs.sources, pairs.targets
    source, target = (max(map(len, side)) for side in sides)
    return MeasuredPairs(
        pairs=len(pairs.sources),
        words=len(set(chain.from_iterable(chain(*sides)))) + 1,
        source=source,
        target=target,
        first=list(islice(zip(*sides, strict=True), _SHOWN)),
        left_out=len(pairs.left_out),
        reasons=[(one.line, one.reason) for one in islice(pairs.left_out, _TOLD)],
        decisions=pairs.decisions,
    )


def main() -> None:
    """Measure what the standard input names, and print what is found."""
    asked = json.load(sys.stdin)
    try:
        found = _measured(read_brought(Path(asked["path"]), asked["reading"]))._asdict()
    except BroughtError as error:
        found = {"error": str(error)}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
