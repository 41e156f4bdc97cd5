"""`python3 -m launcher COMMAND`, for machines with or without make."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (an older interpreter must get a sentence, not a syntax error)
    sys.exit("Python 3.11 or newer is needed: install it, then run the command again with PYTHON=python3.11.")

from launcher import cli

sys.exit(cli.main(sys.argv[1:]))
