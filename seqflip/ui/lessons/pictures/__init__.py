"""The kinds of picture that a lesson shows with its question, or with its answer."""

from seqflip.ui.lessons.pictures import arithmetic, looks, of_runs, reads
from seqflip.ui.lessons.pictures.registry import PICTURES, Picture, read_picture

__all__ = ["PICTURES", "Picture", "arithmetic", "looks", "of_runs", "read_picture", "reads"]
