"""The words of the field: what each means, and how a page opens it at a press."""

from seqflip.ui.shell.words.mount import words

__all__ = ["words"]
