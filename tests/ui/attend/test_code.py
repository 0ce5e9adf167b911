"""What the Code buttons show: the plain function first, the one that runs beside it."""

import pytest

from seqflip.nn import ATTENTIONS, CELLS, RecurrentArchitecture, RecurrentNetwork
from seqflip.ui.attend.code import code_of_steps


@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_step_has_its_functions_plain_and_as_they_run(cell: str, attention: str) -> None:
    made = RecurrentNetwork(RecurrentArchitecture(5, 4, 3, 2, cell=cell, attention=attention))
    steps = code_of_steps(made)
    parts = {"encoder", "state", "prediction"}
    if made.attends:
        parts |= {"query", "scores", "terms", "context", *ATTENTIONS[attention].plain_stages}
    assert steps.keys() == parts
    for code in steps.values():
        assert {one.file for one in code.plain} == {"seqflip/nn/reference.py"}
        assert all(one.text.startswith("def ") for one in (*code.plain, *code.fast))
    assert steps["state"].plain[0].name == cell
    assert [one.name for one in steps["encoder"].plain][:2] == ["read_both_ways", cell]
    assert steps["state"].fast[0].name == f"{CELLS[cell].__name__}.step"


def test_the_plain_score_is_that_of_the_attention() -> None:
    for name, kind in ATTENTIONS.items():
        if kind.attends:
            made = RecurrentNetwork(RecurrentArchitecture(5, 4, 3, 2, attention=name))
            steps = code_of_steps(made)
            shown = steps["scores"].plain[0].name
            assert kind.plain is not None
            assert shown == kind.plain.__name__
            assert kind.remembers or shown == name
