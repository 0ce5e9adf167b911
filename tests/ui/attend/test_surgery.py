"""A verdict on an intervention weighs probabilities, not only tokens."""

from pathlib import Path

import pytest

from seqflip.decoding import Intervention, Swap, Temperature
from seqflip.runs.run import Run
from seqflip.runs.trained import open_trained
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.surgery import finding, why
from seqflip.ui.parts.subject import Subject

EXAMPLES = Path(__file__).parents[3] / "examples"
SOURCE = [3, 1, 4, 1, 5, 9]


def both(*edits: Intervention, name: str = "reverse") -> tuple[Answer, Answer]:
    run = Run(EXAMPLES / name, bundled=True)
    subject = Subject(run, name, "finished", open_trained(run), 0)
    return answer(subject, SOURCE, None), answer(subject, SOURCE, None, edits)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0, 5.0, 10.0, 20.0])
@pytest.mark.parametrize("name", ["reverse", "additive", "sort", "copy"])
def test_no_answer_is_independent_of_what_changed_its_probability(
    name: str, temperature: float
) -> None:
    plain, changed = both(Temperature(temperature), name=name)
    told = finding(plain, changed)
    if abs(plain.confidence - changed.confidence) > 0.05:
        assert "does not depend" not in told
    if plain.outputs == changed.outputs:
        assert told.startswith("The answer is the same")


def test_less_confidence_in_the_same_answer_is_a_finding() -> None:
    plain, changed = both(Temperature(5.0))
    assert plain.outputs == changed.outputs
    assert changed.confidence < plain.confidence - 0.05
    assert "less sure of it" in finding(plain, changed)
    assert "what it sees is used" in finding(plain, changed)


def test_outputs_that_changed_are_named() -> None:
    plain, changed = both(Swap(0, 1))
    assert finding(plain, changed).startswith("Outputs 5, 6 changed. Confidence")


def test_what_there_is_to_do_depends_on_the_model() -> None:
    assert "Force" in why(both()[0])
    assert "Force" not in why(both(name="bottleneck")[0])
