"""Whether the contestants compute the same thing; without that no time means anything."""

import numpy as np

from benchmarks.problem import Array

TOLERANCE = 1e-5  # of an array's largest element: float32, and sums in different orders


class Disagreement(RuntimeError):
    """Two contestants compute different things."""


def require_same(
    name: str,
    theirs: tuple[float, dict[str, Array]],
    ours: tuple[float, dict[str, Array]],
) -> None:
    """Compare a loss and all gradients with SeqFlip's.

    Raises
    ------
    Disagreement
        If they differ by more than rounding.
    """
    if not abs(theirs[0] - ours[0]) <= TOLERANCE * abs(ours[0]):
        raise Disagreement(f"{name} computes a loss of {theirs[0]}, SeqFlip {ours[0]}")
    require_same_arrays(name, theirs[1], ours[1], "gradient", TOLERANCE)


def require_same_arrays(
    name: str, theirs: dict[str, Array], ours: dict[str, Array], what: str, tolerance: float
) -> None:
    """Compare named arrays with SeqFlip's.

    Raises
    ------
    Disagreement
        If a name is missing, a shape differs, or a number does by more than ``tolerance`` times
        the array's largest.
    """
    if theirs.keys() != ours.keys():
        raise Disagreement(f"{name} has other parameters: {sorted(theirs.keys() ^ ours.keys())}")
    for parameter, our_array in ours.items():
        their_array = theirs[parameter]
        if their_array.shape != our_array.shape:
            raise Disagreement(f"{name}: {parameter} has shape {their_array.shape}")
        distance = np.abs(their_array - our_array).max()
        if not distance <= tolerance * np.abs(our_array).max():
            raise Disagreement(f"{name}: the {what} of {parameter} is off by {distance:.2g}")
