"""Scores, weights and a context, number by number."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from seqflip.nn import scaled_dot_product_attention, softmax
from seqflip.nn.dot_product import scale_for
from seqflip.ui.lessons.models import Shown
from seqflip.ui.lessons.pictures.registry import PICTURES, Picture
from seqflip.ui.lessons.pictures.table_html import TABLE
from seqflip.ui.lessons.reading import said
from seqflip.ui.lessons.values import ValueProblem
from seqflip.ui.parts.numbers import EMPTY


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
    return TABLE.format(Markup("<td></td>{}<th scope=col>sum</th>").format(head), EMPTY.join(lines))


_CLASSES = {"weight": "weight", "value": "value", "weight × value": "value"}
_LINE = Markup('<tr class="{}"><th scope="row">{}</th>{}<td class="sum">{}</td></tr>')


def _number(x: float) -> str:
    return f"{x:.2f}".replace("-", "−")
