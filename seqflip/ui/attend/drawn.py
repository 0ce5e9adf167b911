"""The model drawn as it answers: from the answer's own numbers."""

from seqflip.nn import CROSS, Where
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import Through
from seqflip.ui.charts.live import NOTHING, Chart, likeliest, strip_chart
from seqflip.ui.parts.model_strip import links

_ONE_LOOK = {
    "encoder": "attend_step_encoder",
    "decoder": "attend_step_state",
    "arcs": "attend_step_scores",
    "next": "attend_step_prediction",
}
_HEAD = {
    "encoder": "attend_step_encoder",
    "decoder": "attend_block_way_in",
    "arcs": "attend_step_head_scores",
    "next": "attend_step_prediction",
}


def drawn_model(answer: Answer, place: Place, through: Through | None) -> Chart:
    """Return the strip of an answer; of a Transformer, as its outputs look at the inputs."""
    trace = answer.trace
    heads = None
    if through is not None:
        if through.kind != CROSS:
            return NOTHING
        heads = trace.looks[Where(CROSS, through.layer)].weights
        if through.head is not None:
            heads = heads[through.head : through.head + 1]
    weights = trace.weights if heads is None else heads.mean(axis=0)
    return strip_chart(
        inputs=answer.inputs,
        outputs=answer.outputs,
        reads=[answer.word(token) for token in trace.inputs.tolist()],
        encoder=trace.encoder_states,
        decoder=trace.decoder_states,
        weights=weights if answer.has_attention else None,
        heads=heads,
        following=likeliest(trace.probabilities, answer.word),
        correct=answer.correct,
        links=links(answer.trained.config.model),
        row=place.row,
        column=None if answer.has_attention else place.column,
        opens=_ONE_LOOK if through is None else _HEAD,
    )
