"""The ``knockon`` command as a module: ``python -m knockon``."""

import sys

from knockon.config.command_line import main

if __name__ == "__main__":
    sys.exit(main())
