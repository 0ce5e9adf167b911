"""The command line: train, resume, race, and try lengths.

It reads what was asked for, tells how it goes, and ends with an exit code.
"""

from seqflip.cli.main import main

__all__ = [
    "main",
]
