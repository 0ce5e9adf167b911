"""What there is to see in a heatmap, and what there is not."""

from typing import Final

from seqflip.config.sections import (
    Task,
)

_LOOK_FOR: Final[dict[Task, str]] = {
    "reverse": "Reversal is the anti-diagonal: the first output looks at the last input.",
    "copy": "Copying is the diagonal: each output looks at the input in its own place.",
    "sort": "Sorting looks wherever the next token stands; equal tokens share the attention.",
    "rotate": "Rotation is two diagonals: the second begins where the sequence was cut.",
    "pairs": "Each row shows which inputs an output was made from.",
}
_CAUTION: Final = "Weights show where the model looks; they are not by themselves an explanation."


def look_for(task: Task) -> str:
    """Return the caption of every heatmap of a model for this task."""
    return f"{_LOOK_FOR[task]} {_CAUTION}"
