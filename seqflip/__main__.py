"""``python -m seqflip``."""

import sys

from seqflip.main import main

if __name__ == "__main__":
    sys.exit(main())
