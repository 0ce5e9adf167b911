"""What can be found out about a model: how long sequences may get, how and why it came to answer.

Everything here opens a run and computes; nothing here writes a run. Only :mod:`seqflip.study.cases`
trains: for half a second, models that nobody keeps.
"""

from seqflip.study.hardest import Hardest, hardest
from seqflip.study.lengths import (
    COUNT,
    TIMES,
    Failure,
    LengthPoint,
    LengthTest,
    longest_to_try,
    open_test,
)
from seqflip.study.lengths_report import (
    MEASURES,
    Measure,
    Report,
    as_csv,
    as_json,
    as_json_text,
    as_table,
    best_stretch,
    sentence,
)
from seqflip.study.pull import Head, Pull, pull
from seqflip.study.replay import Frame, Kind, Moment, Move, Replay, moments, moves

__all__ = [
    "COUNT",
    "MEASURES",
    "TIMES",
    "Failure",
    "Frame",
    "Hardest",
    "Head",
    "Kind",
    "LengthPoint",
    "LengthTest",
    "Measure",
    "Moment",
    "Move",
    "Pull",
    "Replay",
    "Report",
    "as_csv",
    "as_json",
    "as_json_text",
    "as_table",
    "best_stretch",
    "hardest",
    "longest_to_try",
    "moments",
    "moves",
    "open_test",
    "pull",
    "sentence",
]
