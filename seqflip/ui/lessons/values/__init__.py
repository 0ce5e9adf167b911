"""What a lesson may have computed: each value is registered where it is written."""

from seqflip.ui.lessons.values import arithmetic, of_model, of_runs, untrained
from seqflip.ui.lessons.values.registry import (
    VALUES,
    Result,
    Value,
    ValueProblem,
    asked_in,
    filled,
    result_of,
    written,
)

__all__ = [
    "VALUES",
    "Result",
    "Value",
    "ValueProblem",
    "arithmetic",
    "asked_in",
    "filled",
    "of_model",
    "of_runs",
    "result_of",
    "untrained",
    "written",
]
