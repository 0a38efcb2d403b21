"""The command `tapeflow`: one file a command, imported when it is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module

from flows import __version__

# Every command, in the order of --help: `NAME` is the function NAME in flows/cli/NAME.py, described by its docstring.
COMMANDS = (
    "up",
    "down",
    "status",
    "logs",
    "config",
    "deploy",
    "stop",
    "restart",
    "scale",
    "undeploy",
    "list",
    "doctor",
    "query",
    "bars",
    "features",
    "report",
    "verify",
    "run",
    "replay",
    "shadow",
    "control",
    "rollout",
    "explain",
    "ui",
    "demo",
)


def main() -> None:
    """Runs the command line. What goes wrong as foreseen is one line on stderr and exit code 1."""
    from flows import log_line
    from flows.errors import TapeflowError

    try:
        _run(sys.argv[1:])
    except TapeflowError as error:
        log_line.write(str(error), "ERROR")
        sys.exit(1)
    except BrokenPipeError:
        # `tapeflow query ... | head`: the reader has seen enough. Nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        # A full disk, a folder that may not be written.
        log_line.write(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), "ERROR")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _run(arguments: list[str]) -> None:
    import typer

    application = typer.Typer(
        name="tapeflow",
        help="Ticks to risk-checked orders on a Kafka-style log, every order re-derivable from it.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    def show_version(wanted: bool) -> None:
        if wanted:
            typer.echo(f"tapeflow {__version__}")
            raise typer.Exit

    @application.callback()
    def options(
        version: bool = typer.Option(False, "--version", callback=show_version, is_eager=True, help="Print it."),
    ) -> None: ...

    # Only help needs all of them; a command that is named needs its own imports alone.
    named = [argument for argument in arguments[:1] if argument in COMMANDS]
    for name in named or COMMANDS:
        application.command(name)(getattr(import_module(f"flows.cli.{name}"), name))
    application(arguments)
