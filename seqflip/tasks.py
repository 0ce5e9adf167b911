"""The tasks: each says from which place in the source every target token comes.

Looking up gives the target, and comparing gives the alignment of a perfect reader. What settings a
task has, and what there is to see in its heatmaps, stands here as well.
"""

from string import ascii_lowercase
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqflip.nn.registry import Registry

Places = NDArray[np.int64]
Tokens = NDArray[np.int64]
Truth = NDArray[np.bool_]


class Symbols(NamedTuple):
    """How the symbols of the built-in tasks are written.

    Attributes
    ----------
    written : tuple of str
        In the order of their ids, from 1; empty for the ids themselves, of which there are as many
        as one likes.
    """

    name: str
    label: str
    written: tuple[str, ...] = ()


SYMBOLS: Registry[Symbols] = Registry()
NUMBERS = SYMBOLS.register(Symbols("numbers", "Numbers"))
LETTERS = SYMBOLS.register(Symbols("letters", "Letters, a to z", tuple(ascii_lowercase)))


class Task:
    """A rule from sources to targets.

    Attributes
    ----------
    look_for : str
        What there is to see in a heatmap, as a sentence.
    reads_file : bool
        Whether the sequences come from a user's file; then there is no rule.
    any_target_length : bool
        Whether targets may be cut or padded, as the first tokens of one make sense alone.
    rotates : bool
        Whether `rotate_by` means something.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    look_for: ClassVar[str]
    reads_file: ClassVar[bool] = False
    any_target_length: ClassVar[bool] = False
    rotates: ClassVar[bool] = False

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        """Say where each target token comes from, as if no target ended.

        Parameters
        ----------
        x_src : (n, source_len)
        length : (n, 1)
            Of each source.
        step : (target_len,)
            0, 1, 2, ...

        Returns
        -------
        (n, target_len)
        """
        raise NotImplementedError

    @classmethod
    def truth(cls, x_src: Tokens, x_tgt: Tokens, places: Places) -> Truth:
        """Mark the places that a token may truly come from: (n, target_len, source_len).

        ``places`` is (n, target_len), -1 behind the end of a target.
        """
        truth: Truth = places[:, :, None] == np.arange(x_src.shape[1])
        return truth


TASKS: Registry[type[Task]] = Registry()


@TASKS.register
class Reverse(Task):
    """The last token first."""

    name, label = "reverse", "Reverse"
    look_for = "Reversal is the anti-diagonal: the first output looks at the last input."
    any_target_length = True

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        return length - 1 - step


@TASKS.register
class Copy(Task):
    """The same tokens."""

    name, label = "copy", "Copy"
    look_for = "Copying is the diagonal: each output looks at the input in its own place."
    any_target_length = True

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        return step + 0 * length


@TASKS.register
class Sort(Task):
    """The smallest token first; of equal ones, the first one first."""

    name, label = "sort", "Sort"
    look_for = "Sorting looks wherever the next token stands; equal tokens share the attention."

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        last = np.iinfo(x_src.dtype).max
        order = np.where(x_src == 0, last, x_src).argsort(axis=1, kind="stable")
        return order[:, np.minimum(step, x_src.shape[1] - 1)]

    @classmethod
    def truth(cls, x_src: Tokens, x_tgt: Tokens, places: Places) -> Truth:
        truth: Truth = (x_tgt[:, :, None] == x_src[:, None, :]) & (x_tgt != 0)[:, :, None]
        return truth


@TASKS.register
class Rotate(Task):
    """`rotate_by` tokens go from the front to the end."""

    name, label = "rotate", "Rotate"
    look_for = "Rotation is two diagonals: the second begins where the sequence was cut."
    rotates = True

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        return (step + rotate_by) % np.maximum(length, 1)


@TASKS.register
class Pairs(Task):
    """Whatever a user's file says."""

    name, label = "pairs", ""
    look_for = "Each row shows which inputs an output looked at."
    reads_file = True
