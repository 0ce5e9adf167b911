"""Kinds by name: what is registered is offered, in that order."""

from collections.abc import Mapping
from typing import Any

import pytest

from seqflip.nn import (
    ARCHITECTURES,
    ATTENTIONS,
    CELLS,
    NORMS,
    OPTIMIZERS,
    POSITIONS,
    SCHEDULES,
    Registry,
)
from seqflip.tasks import TASKS


class Square:
    name, label = "square", "Square"


def test_a_registered_kind_is_found_by_its_name_behind_the_others() -> None:
    shapes: Registry[Any] = Registry(round="a kind from before")
    assert shapes.register(Square) is Square
    assert shapes["square"] is Square
    assert list(shapes) == ["round", "square"]


@pytest.mark.parametrize(
    "kinds", [ARCHITECTURES, CELLS, ATTENTIONS, NORMS, OPTIMIZERS, POSITIONS, SCHEDULES, TASKS]
)
def test_every_kind_stands_under_its_own_name_and_has_a_label_of_its_own(
    kinds: Mapping[str, Any],
) -> None:
    assert all(kind.name == name for name, kind in kinds.items())
    labels = [kind.label for kind in kinds.values()]
    assert len(set(labels)) == len(labels)
