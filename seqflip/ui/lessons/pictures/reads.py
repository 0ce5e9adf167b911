"""What a decoder reads."""

from typing import Any

import numpy as np
import streamlit as st
from markupsafe import Markup

from seqflip.ui.as_typed import in_html
from seqflip.ui.labels import BEGIN
from seqflip.ui.lessons.models import Shown
from seqflip.ui.lessons.pictures.registry import PICTURES, Picture
from seqflip.ui.lessons.pictures.table_html import TABLE
from seqflip.ui.lessons.values import ValueProblem
from seqflip.ui.parts.numbers import EMPTY


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
        return TABLE.format(Markup("<th scope=row>output</th>{}").format(head), EMPTY.join(lines))

    def _read(self, shown: Shown, tokens: Any) -> list[str]:
        begin = shown.trained.model.network.begin
        return [BEGIN if one == begin else shown.words(np.array([one]))[0] for one in tokens]
