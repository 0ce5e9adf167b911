"""The rules of places: each says from which place in the source every target token comes.

Looking up gives the target, and comparing gives the alignment of a perfect reader.
"""

import numpy as np

from seqflip.tasks.task import TASKS, Places, Task, Tokens, Truth, lengths

NOWHERE = -1


class Rule(Task):
    """A rule of places; its sequences may be of any symbols."""

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
    def positions(cls, x_src: Tokens, tgt_length: int, rotate_by: int) -> Places:
        """Say where each target token comes from: (n, tgt_length), -1 behind the target's end."""
        length = lengths(x_src)[:, None]  # (n, 1)
        step = np.arange(tgt_length)  # (T,)
        return np.where(step < length, cls.places(x_src, length, step, rotate_by), NOWHERE)

    @classmethod
    def answers(cls, x_src: Tokens, tgt_length: int, rotate_by: int) -> Tokens:
        places = cls.positions(x_src, tgt_length, rotate_by)
        tokens = np.take_along_axis(x_src, np.maximum(places, 0), axis=1)
        return np.where(places == NOWHERE, 0, tokens).astype(np.int64)

    @classmethod
    def truth(cls, x_src: Tokens, x_tgt: Tokens, rotate_by: int) -> Truth:
        places = cls.positions(x_src, x_tgt.shape[1], rotate_by)
        truth: Truth = places[:, :, None] == np.arange(x_src.shape[1])
        return truth


@TASKS.register
class Reverse(Rule):
    """The last token first."""

    name, label = "reverse", "Reverse"
    look_for = "Reversal is the anti-diagonal: the first output looks at the last input."
    any_target_length = True

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        return length - 1 - step


@TASKS.register
class Copy(Rule):
    """The same tokens."""

    name, label = "copy", "Copy"
    look_for = "Copying is the diagonal: each output looks at the input in its own place."
    any_target_length = True

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        return step + 0 * length


@TASKS.register
class Sort(Rule):
    """The smallest token first; of equal ones, the first one first."""

    name, label = "sort", "Sort"
    look_for = "Sorting looks wherever the next token stands; equal tokens share the attention."

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        last = np.iinfo(x_src.dtype).max
        order = np.where(x_src == 0, last, x_src).argsort(axis=1, kind="stable")
        return order[:, np.minimum(step, x_src.shape[1] - 1)]

    @classmethod
    def truth(cls, x_src: Tokens, x_tgt: Tokens, rotate_by: int) -> Truth:
        truth: Truth = (x_tgt[:, :, None] == x_src[:, None, :]) & (x_tgt != 0)[:, :, None]
        return truth


@TASKS.register
class Rotate(Rule):
    """`rotate_by` tokens go from the front to the end."""

    name, label = "rotate", "Rotate"
    look_for = "Rotation is two diagonals: the second begins where the sequence was cut."
    rotates = True

    @staticmethod
    def places(x_src: Tokens, length: Places, step: Places, rotate_by: int) -> Places:
        return (step + rotate_by) % np.maximum(length, 1)
