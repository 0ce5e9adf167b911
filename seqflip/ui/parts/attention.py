"""The attention of a typed sequence as a heatmap, and what is said about it, on every live page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from seqflip.config.section import quantity
from seqflip.runs.run import Run
from seqflip.ui.charts.live import NOTHING, Chart, Head, heatmap
from seqflip.ui.labels import name_of_head, sentence, with_end
from seqflip.ui.parts.numbers import vector


def end_of(run: Run | None) -> str:
    """Return the token that ends a sequence."""
    vocabulary = run.vocabulary() if run is not None else None
    return vocabulary[0] if vocabulary else "0"


def weights_map(
    title: str,
    probe: Mapping[str, Any],
    end: str,
    height: int,
    of: str = "",
    *,
    grows: bool = False,
) -> Chart:
    """Return where a model looks; nothing to see without attention.

    Parameters
    ----------
    title : str
        Stands above it.
    probe : mapping
        The sequence, its answer and the weights, as :mod:`seqflip.runs.live` describes them.
    end : str
        The token that ends a sequence.
    height : int
        In pixels.
    of : str
        The model's name, where there are several.
    grows : bool
        Whether it is higher where there is room.
    """
    if probe["weights"] is None:
        return NOTHING
    source, output = " ".join(probe["source"]), with_end(probe["output"], end)
    whose = f"{of}: " if of else ""
    return heatmap(
        title,
        np.array(probe["weights"], dtype=float).reshape(len(output), -1),
        probe.get("read", probe["source"]),  # older runs wrote none
        output,
        alt=f"Attention weights of {whose}the answer {' '.join(output)} to {source}.",
        height=height,
        grows=grows,
        heads=_heads(probe["heads"]) if several_heads(probe) else [],
        right=probe.get("right"),
    )


HEADS: Final = (
    "The large picture is the mean over the heads of the last block; a press on a small one makes "
    "that head large."
)


def several_heads(probe: Mapping[str, Any]) -> bool:
    """Whether a probe shows the heads of a Transformer."""
    return len(probe.get("heads", [])) > 1


def _heads(found: Sequence[Mapping[str, Any]]) -> list[Head]:
    """Return the heads of a Transformer that look at the source; none where there is one."""
    layers = 1 + max(one["layer"] for one in found)
    return [
        Head(name_of_head(one["layer"], one["head"], layers), "", np.array(one["weights"]))
        for one in found
    ]


_BLIND = Markup(
    '<div class="seqflip-blind"><p>Without attention there are no weights to show. All that the '
    "decoder knows of the {} is the encoder's last state{}</p>{}</div>"
)


def blind(probe: Mapping[str, Any]) -> Markup:
    """Return what there is in place of a heatmap: the one vector through which all must go."""
    start = probe.get("start")  # older runs wrote none
    inputs = quantity(len(probe["source"]), "input")
    if start is None:
        return _BLIND.format(inputs, ".", "")
    name = f"encoder's last state, {len(start)} numbers"
    drawn = vector(np.array(start), "plain", name, numbers=False)
    return _BLIND.format(inputs, f", {len(start)} numbers, however many there are:", drawn)


_PROBLEM = Markup('<p class="seqflip-problem" role="alert">{}</p>')
_CAPTION = Markup('<p class="seqflip-caption">{}</p>')


def problem(error: str | None) -> Markup:
    """Return what is wrong with a typed sequence, or nothing."""
    return _PROBLEM.format(sentence(error)) if error else Markup("")


def caption(text: str) -> Markup:
    """Return a note in small letters."""
    return _CAPTION.format(text)
