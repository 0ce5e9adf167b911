"""Small trainings for cases: each is run once for all who look, in about half a second."""

from collections.abc import Mapping
from functools import cache

from markupsafe import Markup

from seqflip.study.cases import SMALL, Small, train_small
from seqflip.ui.gallery.cases import Way
from seqflip.ui.gallery.pieces import figures
from seqflip.ui.labels import percent, significant
from seqflip.ui.parts.fields import BY_NAME
from seqflip.ui.parts.url_state import write_value

_STEPS = 6


@cache
def healthy() -> Small:
    """Return the training as it should be."""
    return train_small()


def train(label: str, changes: Mapping[str, int | float] = SMALL) -> Way:
    """Return the way to these settings on the page Train."""
    settings = {**SMALL, **changes}
    names = {name.split(".")[1]: value for name, value in settings.items()}
    return Way(
        "train",
        label,
        {name: write_value(value) for name, value in names.items() if name in BY_NAME},
    )


def measured(kind: str, trainings: Mapping[str, Small]) -> Markup:
    """Return how good trainings have become, on held-out sequences."""
    return figures(
        kind,
        (
            "training",
            "loss, nats",
            "tokens, told the right words",
            "tokens, free-running",
            "exact match",
        ),
        [
            (
                name,
                significant(one.held_out.loss, 3),
                percent(one.held_out.forced_accuracy),
                percent(one.held_out.accuracy),
                percent(one.held_out.sequence_accuracy),
            )
            for name, one in trainings.items()
        ],
    )


def losses(kind: str, trainings: Mapping[str, Small]) -> Markup:
    """Return the loss of batches, at a few steps from the first to the last."""
    last = min(len(one.losses) for one in trainings.values()) - 1
    steps = [round(i * last / (_STEPS - 1)) for i in range(_STEPS)]
    return figures(
        kind,
        ("loss, nats, at step", *(f"{step + 1}" for step in steps)),
        [
            (name, *(significant(float(one.losses[step]), 3) for step in steps))
            for name, one in trainings.items()
        ],
    )
