"""Training and held-out sequences: drawn or read, answered, and written as tokens.

The rules of the tasks stand in `seqflip.tasks`; target and true alignment follow from them.
"""

from seqflip.data.pairs import read_pairs
from seqflip.data.tasks import (
    Dataset,
    generate_copy_task_data,
    generate_reversal_task_data,
    make_dataset,
    solve,
    source_positions,
    true_alignment,
)
from seqflip.data.tokens import check_tokens
from seqflip.data.vocabulary import decode, encode, number_vocabulary, word_vocabulary

__all__ = [
    "Dataset",
    "check_tokens",
    "decode",
    "encode",
    "generate_copy_task_data",
    "generate_reversal_task_data",
    "make_dataset",
    "number_vocabulary",
    "read_pairs",
    "solve",
    "source_positions",
    "true_alignment",
    "word_vocabulary",
]
