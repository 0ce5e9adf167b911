"""What there is to see in a heatmap, and what there is not."""

from typing import Final

from seqflip.tasks import TASKS

_CAUTION: Final = "Weights show where the model looks; they are not by themselves an explanation."


def look_for(task: str) -> str:
    """Return the caption of every heatmap of a model for this task."""
    return f"{TASKS[task].look_for} {_CAUTION}"
