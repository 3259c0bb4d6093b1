"""`python -m thakur`: the command, where its script is not on PATH."""

import sys

from thakur.cli import main

sys.exit(main())
