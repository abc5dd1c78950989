"""`python -m callsheet`: the same as the `callsheet` command."""

import sys

from callsheet.cli import main

if __name__ == "__main__":
    sys.exit(main())
