"""The model drawn at each snapshot of a replay."""

from functools import partial

from seqflip.runs.trained import Trained
from seqflip.study.replay import Frame, Replay
from seqflip.ui.charts.live import Chart, likeliest, strip_chart
from seqflip.ui.labels import BEGIN
from seqflip.ui.parts.model_strip import links
from seqflip.ui.replay.reel import word

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
    outputs = [word(trained, token) for token in frame.outputs]
    return strip_chart(
        inputs=trained.words(replay.read),
        outputs=outputs,
        reads=[BEGIN, *outputs[:-1]],
        encoder=frame.encoder,
        decoder=frame.decoder,
        weights=frame.weights if model.attends else None,
        heads=None if looks is None else frame.heads[-looks.heads :],
        following=likeliest(frame.likely, partial(word, trained)),
        correct=frame.correct,
        links=links(model),
    )
