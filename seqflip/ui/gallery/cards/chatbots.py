"""What this has to do with a Transformer, and with the chatbots that people use."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup

from seqflip.config.section import quantity
from seqflip.decoding import Trace, trace
from seqflip.nn import CROSS, DECODER, ENCODER
from seqflip.nn.dot_product import scale_for
from seqflip.nn.functional import softmax
from seqflip.ui.gallery.cases import Findings, Piece, case
from seqflip.ui.gallery.pieces import attend, figures, spoken, typed
from seqflip.ui.parts.subject import Subject
from seqflip.ui.parts.typed import FIRST_SOURCE

LENGTHS: Final = (10, 100, 1_000, 10_000, 100_000)
_P = Markup("<p>{}</p>").format
_H = Markup("<h3>{}</h3>").format


@case(
    "chatbots",
    "A Transformer, and chatbots",
    "The same arithmetic, and what is different.",
    "beyond",
    runs=("transformer",),
)
def show(runs: Sequence[Subject]) -> Findings:
    """Show what a Transformer shares with the models here, and what cannot be said from here."""
    (subject,) = runs
    trained = subject.trained
    source = trained.encode(FIRST_SOURCE)
    seen = trace(trained.model.network, source, trained.model.tgt_length)
    return Findings(
        says=(
            "The language models behind today's chatbots are Transformers, and what they compute "
            "at each look is what Attend shows: softmax(q · k / √d_k), and with these weights a "
            "sum of values.",
            f"Done again here from the queries and keys of “{subject.name}”, for all "
            f"{len(seen.looks) * seen.heads} heads and the sequence {FIRST_SOURCE}: no weight "
            f"differs by more than {_difference(seen):.7f}.",
        ),
        evidence=(*_parts(subject, source, seen), *_cost(seen), *_UNKNOWN),
        live=(attend(subject, "Step through the Transformer on Attend", source),),
    )


def _difference(seen: Trace) -> float:
    """Return how far weights are from those that are made anew of queries and keys."""
    found = 0.0
    for where, look in seen.looks.items():
        keys = look.key.shape[1]
        allowed = np.ones(look.scores.shape, np.bool_)
        if where.kind == DECODER:
            allowed = np.broadcast_to(np.tri(look.scores.shape[1], keys, dtype=bool), allowed.shape)
        scores = look.query @ look.key.swapaxes(1, 2) * scale_for(look.query.shape[-1])
        found = max(found, float(np.abs(softmax(scores, allowed) - look.weights).max()))
    return found


def _parts(subject: Subject, source: list[int], seen: Trace) -> list[Piece]:
    """Return what is different from a recurrent model, each beside where it can be seen."""
    layers = 1 + max(where.layer for where in seen.looks)
    later = max(
        float(np.triu(look.weights, k=1).max())
        for where, look in seen.looks.items()
        if where.kind == DECODER
    )
    step = seen.probabilities[0]
    answer = spoken(subject.trained, seen.outputs.tolist())
    return [
        _H("What is different from a recurrent model"),
        _P(
            "Self-attention: nothing is handed on from word to word. All inputs look at each other "
            "at once, and what tells them apart by place is added to them."
        ),
        attend(subject, "Inputs look at each other", source, through=f"{ENCODER}-1-1"),
        _P(
            "A causal mask: a word may look at itself and at the words before, never at later "
            f"ones. The largest weight on a later word is {later:g} here."
        ),
        attend(subject, "Words look back", source, through=f"{DECODER}-1-1"),
        _P(
            f"Many layers and heads: this one has {quantity(layers, 'layer')} of "
            f"{quantity(seen.heads, 'head')} for each of three kinds of look. Large models have "
            "dozens of layers with dozens of heads."
        ),
        attend(subject, "One head of the last layer", source, through=f"{CROSS}-{layers}-1"),
        _P(
            "No encoder: most chatbots are decoders alone. Question and answer are one sequence, "
            "so they have the look back, and not this look from outputs at inputs."
        ),
        attend(subject, "Outputs look at inputs", source, through=f"{CROSS}-{layers}"),
        _P(
            f"Next-token prediction: asked {typed(subject.trained, source)}, it gives each of "
            f"{len(step)} tokens a probability, says one, reads it, and goes on, until {answer} is "
            "complete. A chatbot does the same, with pieces of words, of which it knows tens of "
            "thousands and more; it often draws from the probabilities instead of taking the "
            "likeliest."
        ),
        attend(subject, "The first output and its probabilities", source),
    ]


def _cost(seen: Trace) -> list[Piece]:
    """Return how many scores there are, counted here and for longer texts."""
    sizes = {where.kind: look.scores.shape for where, look in seen.looks.items()}
    inputs, outputs = sizes[ENCODER][1], sizes[CROSS][1]
    counted = sum(look.scores.size for look in seen.looks.values())
    return [
        _H("What it costs"),
        _P(
            f"Each word is compared with each: {inputs} inputs at each other are "
            f"{inputs} × {inputs} = {inputs * inputs} scores in every head. In all its heads this "
            f"model made {counted:,} for {inputs} inputs and {outputs} outputs. Twice the length "
            "is four times as many."
        ),
        figures(
            "Scores of one head by length",
            ("tokens", *(f"{n:,}" for n in LENGTHS)),
            (
                ("all at all, n²", *(f"{n * n:,}" for n in LENGTHS)),
                ("looking back, n(n+1)/2", *(f"{n * (n + 1) // 2:,}" for n in LENGTHS)),
            ),
        ),
    ]


_UNKNOWN: Final = (
    _H("What cannot be said from here"),
    _P(
        "How a large model comes to what it says: this one has a single task, a made-up one, and a "
        "few dozen symbols. What its heads do need not be what heads of a large model do; and "
        "weights show where a model looks, not by themselves why it says a word."
    ),
    _P(
        "Whether an answer is true: nothing in this arithmetic checks that. And chatbots are "
        "trained further, on examples of good answers and on people's judgements (Ouyang et al., "
        "2022), of which there is nothing here."
    ),
)
