"""Every error that Tapeflow itself raises. A message says what is wrong, where, and what to do next."""


class TapeflowError(Exception):
    """What the command line prints as one line, without a traceback, before it exits with code 1."""
