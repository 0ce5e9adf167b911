"""A user's own pairs: sources and what each is to become, in the forms that people have.

Nothing is taken in silently: what was left out, and what was decided, comes with the pairs.
"""

from seqflip.data.pairs.pairs import LeftOut, Pairs
from seqflip.data.pairs.reading import parse_pairs, read_pairs, whole_file
from seqflip.data.pairs.text import MAX_BYTES

__all__ = ["MAX_BYTES", "LeftOut", "Pairs", "parse_pairs", "read_pairs", "whole_file"]
