"""The model drawn at each snapshot of a replay."""

import numpy as np

from seqflip.runs.live import LIKELIEST
from seqflip.runs.trained import Trained
from seqflip.study.replay import Frame, Replay
from seqflip.ui.charts.live import Chart, Likely, strip
from seqflip.ui.labels import BEGIN, END
from seqflip.ui.parts.model_strip import links

_SAME = ("inputs", "links", "look", "opens", "head_colours")


def drawn_replay(trained: Trained, replay: Replay) -> Chart:
    """Return the strip of the first snapshot, and of all others what differs from it."""
    strips = [_strip(trained, replay, frame) for frame in replay.frames]
    differing = [
        {name: value for name, value in one.items() if name not in _SAME} for one in strips
    ]
    return {**strips[0], "frames": differing}


def _strip(trained: Trained, replay: Replay, frame: Frame) -> Chart:
    model, looks = trained.config.model, trained.model.network.looks
    outputs = [_word(trained, token) for token in frame.outputs]
    return strip(
        inputs=trained.words(replay.read),
        outputs=outputs,
        reads=[BEGIN, *outputs[:-1]],
        encoder=frame.encoder,
        decoder=frame.decoder,
        weights=frame.weights if model.attends else None,
        heads=None if looks is None else frame.heads[-looks.heads :],
        following=[
            [Likely(_word(trained, int(token)), float(shares[token])) for token in order]
            for order, shares in zip(
                np.argsort(-frame.likely, axis=1, kind="stable")[:, :LIKELIEST],
                frame.likely,
                strict=True,
            )
        ],
        correct=frame.correct,
        links=links(model),
    )


def _word(trained: Trained, token: int) -> str:
    return END if token == 0 else trained.words([token])[0]
