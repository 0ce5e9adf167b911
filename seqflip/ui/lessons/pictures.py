"""The kinds of picture that a lesson shows with its question, or with its answer."""

from typing import Any, ClassVar

import numpy as np
import streamlit as st
from markupsafe import Markup

from seqflip.decoding import Flatten, Forbid, Intervention
from seqflip.nn import CROSS, DECODER, scaled_dot_product_attention, softmax
from seqflip.nn.dot_product import scale_for
from seqflip.nn.registry import Registry
from seqflip.study.lengths_report import sentence
from seqflip.ui.as_typed import all_in_html, in_html
from seqflip.ui.charts.figures_lengths import length_curves
from seqflip.ui.charts.live import Head, Series, curves, figure, heatmap, show_chart
from seqflip.ui.charts.palette import RUNS
from seqflip.ui.labels import BEGIN, name_of_head, percent
from seqflip.ui.lessons.grid_html import grid_html
from seqflip.ui.lessons.models import Shown, curve_of, race_of, report_of
from seqflip.ui.lessons.reading import At, Part, Written, said
from seqflip.ui.lessons.values import ValueProblem
from seqflip.ui.parts.numbers import EMPTY

_HEIGHT = 270
_DASHES = ("solid", "dash", "dot", "dashdot")


class Picture(Part):
    """Something to look at, computed from a model or from the numbers that a file gives."""

    name: ClassVar[str]
    label: ClassVar[str]
    of_model: ClassVar[bool] = False

    def show(self, key: str, shown: Shown | None) -> None:
        """Draw it; raises ValueProblem, ValueError or RunError if it cannot be computed."""
        raise NotImplementedError


PICTURES: Registry[type[Picture]] = Registry()


def read_picture(file: Written, raw: Any, at: At, *, with_model: bool) -> Picture | None:
    """Return the picture that stands at a place of the front matter, if any does."""
    if raw is None:
        return None
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in PICTURES:
        told = f"a picture has a “kind”: one of {', '.join(PICTURES)}"
        raise file.error((*at, "kind"), told)
    if PICTURES[kind].of_model and not with_model:
        told = f"a picture of kind {kind} needs “run” and “sequence” in the front matter"
        raise file.error(at, told)
    rest = {name: value for name, value in raw.items() if name != "kind"}
    return file.read(PICTURES[kind], rest, at)


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
            height=_HEIGHT,
            heads=heads,
        )
        show_chart(key, chart)


_SAID = Markup('<p class="seqflip-said"><strong>{}</strong> Answer: {}</p>')


@PICTURES.register
class Lengths(Picture):
    """Exact match by length, a curve for each run."""

    name, label = "lengths", "exact match by length"
    called = "a picture of kind lengths"

    runs: list[str] = said("a list of one to six runs", min_length=1, max_length=6)
    longest: int = said("a whole number from 2 to 60", ge=2, le=60)

    def show(self, key: str, shown: Shown | None) -> None:
        reports = [report_of(run, self.longest) for run in self.runs]
        dark = st.context.theme.type == "dark"
        drawn = length_curves(reports, longest=self.longest, dark=dark, height=_HEIGHT + 100)
        title = "Exact match by length"
        told = f"{title}. {sentence(reports, 'exact_match')}"
        show_chart(key, figure(title, drawn, alt=told, height=_HEIGHT + 100, grows=True))


@PICTURES.register
class RaceCurves(Picture):
    """The exact match of the variants of a race, as they learned side by side."""

    name, label = "race", "curves of a race"
    called = "a picture of kind race"

    race: str = said("the name of a race")

    def show(self, key: str, shown: Shown | None) -> None:
        race = race_of(self.race)
        names = list(race.race_config().variants)
        series = [self._series(i, name) for i, name in enumerate(names)]
        ended = ", ".join(f"{one.name} {percent(float(one.y[-1]))}" for one in series)
        chart = curves(
            "Exact match",
            series,
            identity=self.race,
            alt=f"Exact match over training steps; at the end: {ended}.",
            y_title="held-out sequences all right",
            y_range=(0, 1.02),
            height=_HEIGHT,
            grows=True,
        )
        show_chart(key, chart)

    def _series(self, i: int, name: str) -> Series:
        steps, exact = curve_of(self.race, name)
        return Series(name, RUNS[i], np.array(steps), np.array(exact), 0, _DASHES[i], width=2.2)


@PICTURES.register
class Arithmetic(Picture):
    """From scores to weights, or from a query and its keys to a context, number by number."""

    name, label = "arithmetic", "the arithmetic of one row"
    called = "a picture of kind arithmetic"

    scores: list[float | int] = said("a list of numbers", default=[], max_length=8)
    query: list[float | int] = said("a list of numbers", default=[], max_length=8)
    keys: list[list[float | int]] = said("a list of keys as wide as the query", default=[])
    values: list[float | int] = said("a number for each key", default=[], max_length=8)

    def show(self, key: str, shown: Shown | None) -> None:
        st.html(self.html())

    def html(self) -> Markup:
        """Return the table."""
        rows: list[tuple[str, list[float]]] = []
        if self.keys:
            products, scores, weights = self._compared()
            rows = [("q·k", products), (f"q·k / √{len(self.query)}", scores)]
        else:
            scores = [float(one) for one in self.scores]
            weights = softmax(np.array(scores)).tolist()
            rows = [("score", scores)]
        rows += [("e to the score", np.exp(scores).tolist()), ("weight", weights)]
        if self.values:
            if len(self.values) != len(scores):
                raise ValueProblem("“values” needs a number for each score")
            shares = (np.array(weights) * np.array(self.values, float)).tolist()
            rows += [("value", [float(v) for v in self.values]), ("weight × value", shares)]
        return _arithmetic_html(rows)

    def _compared(self) -> tuple[list[float], list[float], list[float]]:
        """Return the products of the query and its keys, the scores, and the weights."""
        if any(len(one) != len(self.query) for one in self.keys):
            raise ValueProblem("each of “keys” needs as many numbers as “query”")
        query, keys = np.array([[self.query]], float), np.array([self.keys], float)
        _, weights = scaled_dot_product_attention(query, keys, keys)
        products = keys[0] @ query[0, 0]
        scores = products * scale_for(len(self.query))
        return products.tolist(), scores.tolist(), weights[0, 0].tolist()


_SUMMED = ("e to the score", "weight", "weight × value")


def _arithmetic_html(rows: list[tuple[str, list[float]]]) -> Markup:
    width = len(rows[0][1])
    head = EMPTY.join(Markup("<th scope=col>input {}</th>").format(i + 1) for i in range(width))
    lines = []
    for name, numbers in rows:
        cells = EMPTY.join(Markup("<td>{}</td>").format(_number(x)) for x in numbers)
        total = _number(sum(numbers)) if name in _SUMMED else ""
        lines.append(_LINE.format(_CLASSES.get(name, ""), name, cells, total))
    return _TABLE.format(
        Markup("<td></td>{}<th scope=col>sum</th>").format(head), EMPTY.join(lines)
    )


_CLASSES = {"weight": "weight", "value": "value", "weight × value": "value"}
_LINE = Markup('<tr class="{}"><th scope="row">{}</th>{}<td class="sum">{}</td></tr>')
_TABLE = Markup(
    '<div class="seqflip-scroll seqflip-worked" tabindex="0" role="region" aria-label="Numbers">'
    "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
)


@PICTURES.register
class Reads(Picture):
    """What the decoder reads at each output: in training, and when it answers alone."""

    name, label, of_model = "reads", "what the decoder reads", True
    called = "a picture of kind reads"

    def show(self, key: str, shown: Shown | None) -> None:
        assert shown is not None
        st.html(self.html(shown))

    def html(self, shown: Shown) -> Markup:
        """Return the table."""
        right = shown.trained.right_answer(shown.source)
        if right is None:
            raise ValueProblem("there is no right answer to this sequence")
        found, network = shown.trace(), shown.trained.model.network
        steps = min(len(right), len(found.outputs))
        forced = network.shifted(np.array([right]))[0, :steps]
        rows = (
            ("reads in training", self._read(shown, forced)),
            ("should say", shown.words(np.array(right[:steps]))),
            ("reads in use", self._read(shown, found.inputs[:steps])),
            ("says in use", shown.words(found.outputs[:steps])),
        )
        head = EMPTY.join(Markup("<th scope=col>{}</th>").format(i + 1) for i in range(steps))
        lines = [
            Markup('<tr><th scope="row">{}</th>{}</tr>').format(
                name, EMPTY.join(Markup("<td>{}</td>").format(in_html(word)) for word in words)
            )
            for name, words in rows
        ]
        return _TABLE.format(Markup("<th scope=row>output</th>{}").format(head), EMPTY.join(lines))

    def _read(self, shown: Shown, tokens: Any) -> list[str]:
        begin = shown.trained.model.network.begin
        return [BEGIN if one == begin else shown.words(np.array([one]))[0] for one in tokens]


def _number(x: float) -> str:
    return f"{x:.2f}".replace("-", "−")
