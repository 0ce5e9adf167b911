"""The model drawn as it answers the sequence that is shown live: from what its picture tells."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from seqflip.config.sections import ModelConfig
from seqflip.nn import CELLS
from seqflip.ui.charts.live import NOTHING, Chart, Likely, strip_chart
from seqflip.ui.labels import BEGIN, with_end


def links(model: ModelConfig) -> int:
    """Return in how many directions the encoder reads on from state to state."""
    if model.architecture != "recurrent" or not CELLS[model.cell].recurrent_slots:
        return 0
    return 1 + model.bidirectional


def live_strip(probe: Mapping[str, Any], model: ModelConfig, end: str) -> Chart:
    """Return the strip of a live picture's sequence; pictures of older runs tell too little."""
    if "states" not in probe:
        return NOTHING
    outputs = with_end(probe["output"], end)
    weights, layer = probe["weights"], max((one["layer"] for one in probe["heads"]), default=0)
    return strip_chart(
        inputs=probe["read"],
        outputs=outputs,
        reads=[BEGIN, *outputs[:-1]],
        encoder=np.array(probe["states"]["encoder"]),
        decoder=np.array(probe["states"]["decoder"]),
        weights=None if weights is None else np.array(weights),
        heads=np.array([one["weights"] for one in probe["heads"] if one["layer"] == layer]),
        following=[
            [Likely(with_end([token], end)[0], share) for token, share in step]
            for step in probe["next"]
        ],
        correct=probe["correct"],
        links=links(model),
    )
