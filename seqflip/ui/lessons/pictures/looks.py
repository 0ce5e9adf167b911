"""Where a model looks."""

import streamlit as st
from markupsafe import Markup

from seqflip.decoding import Flatten, Forbid, Intervention
from seqflip.nn import CROSS, DECODER
from seqflip.ui.as_typed import all_in_html
from seqflip.ui.charts.live import Head, heatmap, show_chart
from seqflip.ui.labels import BEGIN, name_of_head
from seqflip.ui.lessons.grid_html import grid_html
from seqflip.ui.lessons.models import Shown
from seqflip.ui.lessons.pictures.registry import HEIGHT, PICTURES, Picture
from seqflip.ui.lessons.reading import said
from seqflip.ui.lessons.values import ValueProblem

_SAID = Markup('<p class="seqflip-said"><strong>{}</strong> Answer: {}</p>')


@PICTURES.register
class Weights(Picture):
    """Where the model looks, and what it answers; also with an input that it may not look at."""

    name, label, of_model = "weights", "attention weights", True
    called = "a picture of kind weights"

    forbid: int | None = said("an input, counted from 1", default=None, ge=1)
    equal: bool = said("true or false: whether all weights in a row are the same", default=False)

    def show(self, key: str, shown: Shown | None) -> None:
        assert shown is not None
        found = shown.trace(*self._changes(len(shown.source)))
        inputs, outputs = shown.words(found.source), shown.words(found.outputs)
        title = "Attention weights"
        if self.forbid is not None:
            title = f"It may not look at “{inputs[self.forbid - 1]}”"
        if self.equal:
            title = "Every weight in a row the same"
        st.html(_SAID.format(title, all_in_html(outputs)))
        told = f"{title}, answer {' '.join(outputs)}"
        st.html(grid_html(found.weights, inputs, outputs, told))

    def _changes(self, inputs: int) -> list[Intervention]:
        if self.forbid is not None and self.forbid > inputs:
            raise ValueProblem(f"“forbid” is {self.forbid}, but there are {inputs} inputs")
        changes: list[Intervention] = [] if self.forbid is None else [Forbid(self.forbid - 1)]
        return [*changes, Flatten()] if self.equal else changes


@PICTURES.register
class WordsBefore(Picture):
    """Where a Transformer's decoder looks among the words that it has said: the causal mask."""

    name, label, of_model = "words_before", "a decoder's self-attention", True
    called = "a picture of kind words_before"

    def show(self, key: str, shown: Shown | None) -> None:
        assert shown is not None
        found = shown.trace()
        looks = [look for where, look in found.looks.items() if where.kind == DECODER]
        if not looks:
            raise ValueProblem("only a Transformer's decoder looks at the words before")
        outputs = shown.words(found.outputs)
        before = [BEGIN, *outputs[:-1]]
        title = "The decoder’s self-attention"
        st.html(_SAID.format(title, all_in_html(outputs)))
        axes = ("output", "word before")
        st.html(grid_html(looks[0].weights.mean(axis=0), before, outputs, title, axes))


@PICTURES.register
class Heads(Picture):
    """Where each head of a Transformer looks; a press makes one large."""

    name, label, of_model = "heads", "the heads of a Transformer", True
    called = "a picture of kind heads"

    def show(self, key: str, shown: Shown | None) -> None:
        assert shown is not None
        found = shown.trace()
        layers = 1 + found.where.layer
        heads = [
            Head(name_of_head(where.layer, i, layers), "", weights)
            for where, look in found.looks.items()
            if where.kind == CROSS
            for i, weights in enumerate(look.weights)
        ]
        if not heads:
            raise ValueProblem("only a Transformer has several heads")
        inputs, outputs = shown.words(found.source), shown.words(found.outputs)
        chart = heatmap(
            "The mean over the heads of the last layer, and each head",
            found.weights,
            inputs,
            outputs,
            alt=f"Attention weights of the answer {' '.join(outputs)}, head by head.",
            height=HEIGHT,
            heads=heads,
        )
        show_chart(key, chart)
