"""SeqFlip: watch attention being learned.

A sequence-to-sequence network with attention, written by hand in NumPy, that trains in seconds and
shows where it looks.
"""

from seqflip.cli.main import main
from seqflip.data.tasks import generate_copy_task_data, generate_reversal_task_data
from seqflip.model import Seq2SeqAttentionModel
from seqflip.nn import scaled_dot_product_attention
from seqflip.runner import AttentionRunner

__all__ = [
    "AttentionRunner",
    "Seq2SeqAttentionModel",
    "generate_copy_task_data",
    "generate_reversal_task_data",
    "main",
    "scaled_dot_product_attention",
]
