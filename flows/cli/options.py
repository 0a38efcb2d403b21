"""Options that several commands share."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="The stack's data folder: TAPEFLOW_DATA_DIR if it is set, else .tapeflow here.",
        show_default=False,
    ),
]


class Engine(str, Enum):
    """Which twin of the kernels computes."""

    rust = "rust"
    python = "python"
