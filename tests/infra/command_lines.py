"""Whether our programs take a command line, by their own option parsers, without running anything."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from importlib import import_module

import typer

from flows.cli import COMMANDS
from flows.stack.process import program


def check(words: Sequence[str]) -> None:
    """Raises what the program's parser says of a word that it does not take."""
    name, *arguments = words
    if name == "sh":
        assert arguments[0] == "-c"
        for command in arguments[1].split("&&"):
            check(shlex.split(command))
    elif name == "tapeflow":
        _check_tapeflow(arguments)
    elif name.startswith("tapeflow-"):
        # Words are looked at in their order: help is only reached when all before it are good.
        told = subprocess.run([program(name), *arguments, "--help"], capture_output=True, text=True, timeout=60)
        assert told.returncode == 0, told.stderr
    else:
        assert name == "python", f"{name} is no program of ours"


def option(words: Sequence[str], name: str) -> str:
    """What `name=...` says among the words; an empty text if it is not there."""
    said = (word.removeprefix(f"{name}=") for word in words if word.startswith(f"{name}="))
    return next(said, "")


def _check_tapeflow(arguments: Sequence[str]) -> None:
    command, *rest = arguments
    assert command in COMMANDS
    application = typer.Typer()
    application.command(command)(getattr(import_module(f"flows.cli.{command}"), command))
    parser = typer.main.get_command(application)
    parser.make_context(command, list(rest)).close()
