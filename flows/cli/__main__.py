"""`python -m flows.cli` is `tapeflow`."""

from flows.cli import main

main()
