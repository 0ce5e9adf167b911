"""Long curves drawn with few points, honestly.

A run of a million steps has to be drawn as smoothly as one of a thousand. So every stretch of
steps is represented by its lowest and its highest value, at the steps at which they occurred: a
spike of one step stays visible however long the run becomes, and no point is invented. Stretches
double as the run grows; nothing is read twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[Any]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """One metric's points: ``value[i]`` was reached at ``step[i]``; steps ascend."""

    step: IntArray
    value: FloatArray


class Thinner:
    """Takes records one after the other, and keeps at most ``max_points`` of each metric.

    Parameters
    ----------
    metrics : sequence of str
        The fields to keep; every record has a field ``step`` too.
    max_points : int
        The most points that a line may have.

    Attributes
    ----------
    stretch : int
        How many records one pair of points (lowest, highest) stands for; 1 means every record is
        there.
    revision : int
        Grows when points that were there before are no longer the same.
    """

    def __init__(self, metrics: Sequence[str], max_points: int) -> None:
        if max_points < 8:
            raise ValueError(f"max_points must be at least 8, and {max_points} is not")
        self.metrics = tuple(metrics)
        self.stretch = 1
        self.revision = 0
        self._capacity = (max_points - 3) // 4 * 2  # even, so that stretches pair up
        # Of each metric and whole stretch the two extremes, in the order in which they occurred.
        self._step: IntArray = np.empty((len(self.metrics), 0, 2), np.int64)
        self._value: FloatArray = np.empty((len(self.metrics), 0, 2), np.float64)
        # The same of the stretch that is not whole yet, and how many records it has.
        self._rest_step, self._rest_value, self._rest = self._step, self._value, 0
        self._newest: Records | None = None

    def clear(self) -> None:
        """Forget all records."""
        self.stretch = 1
        self.revision += 1
        self._step, self._value = self._step[:, :0], self._value[:, :0]
        self._rest_step, self._rest_value, self._rest = self._step, self._value, 0
        self._newest = None

    def add(self, records: Records) -> None:
        """Take more records, with ascending steps."""
        if len(records):
            self._newest = records[-1:].copy()
        while len(records):
            whole = min(len(records) // self.stretch, self._capacity - self._step.shape[1])
            if self._rest or not whole:
                taken = records[: self.stretch - self._rest]
                self._add_to_rest(taken)
            else:
                taken = records[: whole * self.stretch]
                self._append(*self._extremes(taken, self.stretch))
            records = records[len(taken) :]

    def lines(self) -> dict[str, Line]:
        """Return the points of every metric; the newest record is always among them."""
        return {metric: self._line(i, metric) for i, metric in enumerate(self.metrics)}

    def _add_to_rest(self, records: Records) -> None:
        """Take records of the stretch that is not whole yet; none of them need be kept."""
        step, value = self._extremes(records, len(records))
        step = np.concatenate([self._rest_step, step], axis=1).reshape(len(step), 1, -1)
        value = np.concatenate([self._rest_value, value], axis=1).reshape(len(value), 1, -1)
        self._rest_step, self._rest_value = _two_of(step, value)
        self._rest += len(records)
        if self._rest == self.stretch:
            step, value = self._rest_step, self._rest_value
            self._rest_step, self._rest_value, self._rest = step[:, :0], value[:, :0], 0
            self._append(step, value)

    def _append(self, step: IntArray, value: FloatArray) -> None:
        """Keep whole stretches, for which there is room."""
        self._step = np.concatenate([self._step, step], axis=1)
        self._value = np.concatenate([self._value, value], axis=1)
        if self._step.shape[1] == self._capacity:
            self._double()

    def _double(self) -> None:
        """Let every pair of neighbouring stretches become one."""
        shape = (len(self.metrics), self._capacity // 2, 4)
        self._step, self._value = _two_of(self._step.reshape(shape), self._value.reshape(shape))
        self.stretch *= 2
        self.revision += 1

    def _line(self, i: int, metric: str) -> Line:
        step = np.append(self._step[i], self._rest_step[i])
        value = np.append(self._value[i], self._rest_value[i])
        if self._newest is not None:
            step = np.append(step, self._newest["step"].astype(np.int64))
            value = np.append(value, self._newest[metric])
        new = np.diff(step, prepend=-1) > 0  # a single extreme is the lowest and the highest
        return Line(step[new], value[new])

    def _extremes(self, records: Records, stretch: int) -> tuple[IntArray, FloatArray]:
        """Return step and value of every stretch's extremes, both ``(metrics, stretches, 2)``."""
        step = records["step"].astype(np.int64).reshape(-1, stretch)
        value = np.stack([records[metric].reshape(-1, stretch) for metric in self.metrics])
        return _two_of(np.broadcast_to(step, value.shape), value.astype(np.float64))


def _two_of(step: IntArray, value: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return lowest and highest along the last axis, in the order in which they occurred."""
    lowest = np.where(np.isnan(value), np.inf, value).argmin(axis=2)
    highest = np.where(np.isnan(value), -np.inf, value).argmax(axis=2)
    which = np.sort(np.stack([lowest, highest], axis=2), axis=2)
    return np.take_along_axis(step, which, axis=2), np.take_along_axis(value, which, axis=2)
