"""Side by side: the same batches in the same order, and nobody a step ahead."""

import numpy as np
import pytest

from seqflip.data.tasks import make_dataset
from seqflip.learning.events import Event, Finished, StepDone
from seqflip.learning.stepwise import StepwiseTraining
from seqflip.learning.training import TrainingState
from seqflip.nn.network import Network
from seqflip.race.config import RaceConfig
from seqflip.race.lockstep import lockstep
from tests.race.small import NONE, small_race


def lanes_of(race: RaceConfig, heard: list[Event] | None = None) -> list[StepwiseTraining]:
    dataset = make_dataset(race.data)
    listener = (lambda _: None) if heard is None else heard.append
    return [
        StepwiseTraining(TrainingState.begin(lane, dataset), dataset, listener)
        for lane in race.lanes().values()
    ]


def test_nobody_is_a_step_ahead() -> None:
    lanes = lanes_of(small_race())
    seen = []
    for _ in lockstep(lanes):
        assert len({lane.step for lane in lanes}) == 1
        seen.append(lanes[0].step)
    assert seen == [*range(1, 25)]
    assert all(lane.over for lane in lanes)


def test_who_is_behind_goes_first_and_who_has_ended_is_not_waited_for() -> None:
    lanes = lanes_of(
        small_race(long=None, short={"training": {"max_steps": 7}}),
    )
    for _ in range(3):
        lanes[0].advance()
    rounds = lockstep(lanes)
    for behind in (1, 2, 3):
        next(rounds)
        assert [lane.step for lane in lanes] == [3, behind]
    for _ in rounds:
        pass
    assert [lane.step for lane in lanes] == [24, 7]


def test_every_event_is_heard_in_order() -> None:
    heard: list[Event] = []
    for _ in lockstep(lanes_of(small_race(), heard)):
        pass
    assert [event.step for event in heard if isinstance(event, StepDone)] == [
        step for step in range(1, 25) for _ in range(2)
    ]
    assert sum(isinstance(event, Finished) for event in heard) == 2


# What changes how many random numbers a step takes must not change the order of the batches.
@pytest.mark.parametrize(
    "changes",
    [
        NONE,
        {"model": {"attention": "additive", "d_k": 1}},
        {"model": {"cell": "lstm", "bidirectional": False, "layers": 2}},
        {"model": {"dropout": 0.5, "input_feeding": True}},
        {"training": {"teacher_forcing_ratio": 0.5}},
        {"training": {"optimizer": "sgd", "learning_rate": 0.5}},
    ],
    ids=str,
)
def test_variants_see_the_same_batches_in_the_same_order(
    changes: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = lanes_of(small_race(plain=None, changed=changes))
    seen: dict[int, list[bytes]] = {}
    forward = Network.forward

    def look(network: Network, x_src: np.ndarray, inputs: np.ndarray, *more: object):  # type: ignore[no-untyped-def]
        if more:  # a training step; evaluations bring no randomness and no buffers
            seen.setdefault(id(network), []).append(x_src.tobytes())
        return forward(network, x_src, inputs, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Network, "forward", look)
    for _ in lockstep(lanes):
        pass
    plain, changed = (seen[id(lane.state.network)] for lane in lanes)
    assert len(plain) == 24
    assert plain == changed


def test_equal_variants_end_bit_for_bit_equal_and_as_if_alone() -> None:
    race = small_race(one=None, same={"model": {"attention": "scaled_dot"}}, other=NONE)
    alone, *_ = lanes_of(race)
    while not alone.over:
        alone.advance()
    lanes = lanes_of(race)
    for _ in lockstep(lanes):
        pass
    one, same, other = (lane.state.network.parameters.flat.tobytes() for lane in lanes)
    assert one == same == alone.state.network.parameters.flat.tobytes()
    assert other != one
