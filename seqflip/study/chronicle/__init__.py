"""In which order a run learned what it learned, said in a few sentences made of its own numbers.

Each chapter is found in the curves by a rule that can be checked by hand; what a curve does not
show is not told.
"""

from seqflip.study.chronicle.chapter import Chapter
from seqflip.study.chronicle.curves import Chance, Curves, read_loss
from seqflip.study.chronicle.story import NOTHING, Chronicle, chronicle

__all__ = ["NOTHING", "Chance", "Chapter", "Chronicle", "Curves", "chronicle", "read_loss"]
