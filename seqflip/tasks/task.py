"""What every task says of itself: its name, its settings, and what there is to see in heatmaps."""

from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seqflip.nn.registry import Registry

Places = NDArray[np.int64]
Tokens = NDArray[np.int64]
Truth = NDArray[np.bool_]


class Sizes(NamedTuple):
    """How large the sequences of a task are.

    Attributes
    ----------
    vocab_size : int
        Token ids, counting the 0 that pads and ends.
    shortest, src_length : int
        Tokens in the shortest and in the longest source.
    tgt_length : int
        Tokens in the longest target.
    """

    vocab_size: int
    shortest: int
    src_length: int
    tgt_length: int


class Task:
    """What is to be learned, from sources to targets.

    Attributes
    ----------
    look_for : str
        What there is to see in a heatmap, as a sentence.
    reads_file : bool
        Whether the sequences come from a user's file; then there is no rule.
    any_source : bool
        Whether any tokens in any order are a source; then the sizes of sequences can be set.
    any_target_length : bool
        Whether targets may be cut or padded, as the first tokens of one make sense alone.
    rotates : bool
        Whether `rotate_by` means something.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    look_for: ClassVar[str]
    reads_file: ClassVar[bool] = False
    any_source: ClassVar[bool] = True
    any_target_length: ClassVar[bool] = False
    rotates: ClassVar[bool] = False

    @classmethod
    def answers(cls, x_src: Tokens, tgt_length: int, rotate_by: int) -> Tokens:
        """Give the right answers: (n, S) sources to (n, tgt_length) targets, zeros behind them.

        A target that would be longer is cut. Zeros alone say that there is no answer.
        """
        raise NotImplementedError

    @classmethod
    def truth(cls, x_src: Tokens, x_tgt: Tokens, rotate_by: int) -> Truth | None:
        """Mark the places that a token may truly come from: (n, target_len, source_len).

        Nothing is marked for pads and end marks. None where no one knows.
        """
        return None


TASKS: Registry[type[Task]] = Registry()


def lengths(tokens: ArrayLike) -> Places:
    """Count the tokens before the first 0 of each row: (n, T) to (n,)."""
    counts: Places = np.cumprod(np.asarray(tokens) != 0, axis=1).sum(axis=1)
    return counts
