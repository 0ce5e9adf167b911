"""The backward view of one output, in HTML: how its scores are pulled, and what an update makes.

Each sentence is put together from the numbers below it, and each number can be redone from those
beside it.
"""

from typing import Final

import numpy as np
from markupsafe import Markup

from seqflip.nn import CROSS
from seqflip.nn.optim import OPTIMIZERS
from seqflip.study.pull import Head, Pull, pull
from seqflip.system.blas import one_blas_thread
from seqflip.ui.as_typed import in_html
from seqflip.ui.attend.cells import bar_td, formula_p, line, strong, td, th, tr
from seqflip.ui.attend.letters import C, V
from seqflip.ui.attend.picture import Answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import Through
from seqflip.ui.attend.understand import Scene
from seqflip.ui.parts.numbers import bar, number, probability, shape, table, vector

NOTHING: Final = 0.00005  # what is written as 0.0000
SURE: Final = 0.99  # a weight beside which there is next to none
SHORT: Final = 0.01  # what a full bar stands for at least

_said = Markup("<p>{}</p>").format
_list = Markup(
    "<dl><dt>Useful</dt><dd>{}</dd><dt>Pulled</dt><dd>{}</dd><dt>Updated</dt><dd>{}</dd></dl>"
).format
_small = Markup('<p class="small">{}</p>').format
_step = Markup('<div class="seqflip-step seqflip-why">{}</div>').format
_signed = Markup(
    '<span class="signed {}"><i style="--from:{:.4f};--share:{:.4f}"></i></span>'
).format
_was = Markup('<span class="bar was" style="--share:{:.4f}"></span>').format
_J: Final = Markup("<sub>j</sub>")
_SLOPE: Final = Markup("∂loss/∂score")


def why(shown: Scene) -> Markup:
    """Return why the chosen row of weights moves, or why that cannot be told."""
    answer, through = shown.opened, shown.through
    place = shown.place_in(answer)
    if not answer.has_attention:
        return _step(_said("Without attention there are no scores to be pulled."))
    if through is not None and through.kind != CROSS:
        told = "The loss is of what the decoder says: choose “Outputs at inputs” to see its pull."
        return _step(_said(told))
    target = answer.trace.outputs.tolist() if answer.target is None else answer.target
    with one_blas_thread():
        found = pull(
            answer.trained.model.network,
            shown.source,
            target,
            place.row,
            answer.trained.config.training.learning_rate,
            _head(through),
        )
    return _step(
        heading(answer, place)
        + aim(answer, found)
        + in_words(answer, found)
        + numbers(answer, found, place)
        + formulas(found)
        + worked(answer, found, place)
        + check(found, place)
        + how(answer, found)
    )


def _head(through: Through | None) -> Head | None:
    if through is None:
        return None
    assert through.head is not None  # the panel always looks through one
    return Head(through.layer, through.head)


def heading(answer: Answer, place: Place) -> Markup:
    """Return which output it is."""
    return Markup("<h2>Output {} of {}: why its attention moves</h2>").format(
        place.row + 1, len(answer.outputs)
    )


def aim(answer: Answer, found: Pull) -> Markup:
    """Say which word the loss wants, and how much it is."""
    word = strong(in_html(answer.word(found.target)))
    if answer.target is None:
        who = Markup("Nobody knows the right answer, so take what it wrote, {}, as wanted.")
    elif answer.target == answer.right:
        who = Markup("The right word is {}.")
    else:
        who = Markup("The word of your target is {}.")
    sure = (
        probability(found.probability) if found.probability < 0.001 else number(found.probability)
    )
    return _said(
        who.format(word)
        + Markup(" The model gives it {}: loss = −ln {} = {}.").format(
            sure, sure, strong(number(found.loss))
        )
    )


def in_words(answer: Answer, found: Pull) -> Markup:
    """Say from the numbers which input would serve, what is pulled, and what came of it."""
    useful, pulls, weights = found.useful, found.pulls, found.weights
    best, up, down = (int(one.argmax()) for one in (useful, pulls, -pulls))

    def name(place: int) -> Markup:
        return strong(in_html(answer.labels[0][place]))

    if np.abs(useful - found.mean).max() < NOTHING:
        return _said("Weight moved from any input to any other would change next to nothing.")
    serves = Markup(
        "Weight moved onto {} would lower the loss most: g = {}, the mean is {}."
    ).format(name(best), number(useful[best]), number(found.mean))
    if np.abs(pulls).max() < NOTHING:
        pulled = Markup("No score is pulled by as much as 0.0001: {}.").format(
            "nearly all weight lies on one input, and the softmax lets next to nothing through"
            if weights.max() > SURE
            else "each input has little weight, or a g next to the mean"
        )
    else:
        pulled = Markup("Up most goes {}, by {}, and down most {}, by {}.").format(
            name(up), number(pulls[up]), name(down), number(-pulls[down])
        )
        if up != best:
            pulled += Markup(" As the weight on {} is {}, its pull is {} only.").format(
                name(best), number(weights[best]), number(pulls[best])
            )
    gain = found.after - weights
    if np.abs(gain).max() < NOTHING:
        moved = Markup("No weight moves by as much as 0.0001")
    else:
        to = int(gain.argmax())
        moved = Markup("Most weight moves to {}{}: from {} to {}").format(
            name(to),
            ", the most useful" * (to == best),
            number(weights[to]),
            number(found.after[to]),
        )
    return _list(serves, pulled, moved + f"; the loss {_from_to(found.loss, found.loss_after)}.")


def _from_to(before: float, after: float) -> str:
    """Say how a number changed, as far as it is written."""
    then, now = number(before), number(after)
    if then == now:
        return f"stays at {now}"
    return f"{'rises' if after > before else 'falls'} from {then} to {now}"


def numbers(answer: Answer, found: Pull, place: Place) -> Markup:
    """Return, for each input, weight, usefulness, pull, and the weight after one update."""
    useful, pulls = found.useful, found.pulls
    rows = [
        tr(
            [
                th(in_html(label)),
                bar_td(found.weights[j]),
                _signed_td(useful[j], np.abs(useful).max()),
                _signed_td(pulls[j], np.abs(pulls).max()),
                td(number(found.after[j]) + _was(found.weights[j]) + bar(found.after[j])),
            ],
            j == place.column,
            weight=max(found.weights[j], found.after[j]),
        )
        for j, label in enumerate(answer.labels[0])
    ]
    mean = td(Markup("mean {}").format(number(found.mean)))
    sums = [found.weights.sum(), pulls.sum(), found.after.sum()]
    first, pulled, last = (td(number(one)) for one in sums)
    head = ["input", "weight", "useful: g", "pull", "after one update"]
    return table("Pulls", head, rows, tr([th("sum"), first, mean, pulled, last]))


def formulas(found: Pull) -> Markup:
    """Return how usefulness and pull come about."""
    pulled = formula_p(
        Markup("pull{0} = −{1}{0} = weight{0} × (g{0} − mean), mean = Σ weight{0} g{0}").format(
            _J, _SLOPE
        )
    )
    if found.d_context is None:
        return (
            formula_p("g, measured: how fast the loss falls with more weight on an input") + pulled
        )
    strip = vector(-found.d_context, "value", "pull on the context", numbers=False)
    size = shape(len(found.d_context))
    useful = Markup("g{0} = −∂loss/∂{1} · {2}{0}").format(_J, C, V)
    asked = line(Markup("−∂loss/∂{}").format(C), strip, size)
    return asked + formula_p(useful) + pulled


def worked(answer: Answer, found: Pull, place: Place) -> Markup:
    """Return the arithmetic of the chosen input."""
    j = place.column
    return Markup('<p class="formula" dir="ltr">pull of {} = {} × ({} − {}) = {}</p>').format(
        in_html(answer.labels[0][j]),
        number(found.weights[j]),
        number(found.useful[j]),
        _in_brackets(found.mean),
        strong(number(found.pulls[j])),
    )


def check(found: Pull, place: Place) -> Markup:
    """Return whether the formula's gradient is that of the model, by finite differences."""
    j = place.column
    formula, measured = number(found.d_scores[j]), number(found.measured[j])
    digit, power = f"{found.difference:.0e}".split("e")
    if found.agrees:
        told = Markup("✓ checked: {} = {} against {} by finite differences")
    else:
        told = Markup("✗ does not agree: {} = {} against {} by finite differences")
    return Markup(
        '<p class="check" data-agrees="{}">{}<span>in this row at most {} · 10<sup>{}</sup> '
        "apart</span></p>"
    ).format(
        "yes" if found.agrees else "no",
        told.format(_SLOPE, formula, measured),
        digit,
        number(int(power), 0),
    )


def how(answer: Answer, found: Pull) -> Markup:
    """Say what the update was, and how training differs."""
    training = answer.trained.config.training
    moves = ""
    if "raised" in answer.trace.stages:
        moves = (
            "This attention moves and sharpens its weights: the score is what its last softmax "
            "gets, power × log(moved). "
        )
    optimizer = OPTIMIZERS[training.optimizer].label
    return _small(
        f"{moves}The update is one plain gradient step on this loss alone, with the run’s learning "
        f"rate, {training.learning_rate:g}; it changes all parameters, so a weight need not follow "
        f"its pull. Training takes {training.batch_size} sequences at once, with {optimizer}. "
        "Finite differences: the model answers anew with each score a little larger and smaller."
    )


def _signed_td(x: float, largest: float) -> Markup:
    """Return a number over a bar from the middle: to the right above 0, to the left below."""
    share = 0.5 * abs(x) / max(largest, SHORT)
    from_ = 0.5 if x >= 0 else 0.5 - share
    return td(number(x) + _signed("up" if x >= 0 else "down", from_, share))


def _in_brackets(x: float) -> str:
    written = number(x)
    return f"({written})" if written.startswith("−") else written
