"""The Transformer: attention without recurrence, after Vaswani et al. (2017).

Inside, all words of a batch lie below each other, ``(batch * n, d_model)``: what each does by
itself is then one product. Only the looks know which words belong together.
"""

from seqflip.nn.transformer.architecture import TransformerArchitecture
from seqflip.nn.transformer.network import Transformer
from seqflip.nn.transformer.positions import POSITIONS
from seqflip.nn.transformer.residual import NORMS

__all__ = ["NORMS", "POSITIONS", "Transformer", "TransformerArchitecture"]
