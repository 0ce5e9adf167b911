"""``python -m seqflip``."""

import sys

from seqflip.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
