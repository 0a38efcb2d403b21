"""Options that several commands share."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.desk.desk import Desk
    from flows.running.flow_options import FlowOptions

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


class Origin(str, Enum):
    """Where a flow goes on."""

    saved = "saved"
    beginning = "beginning"


_PLACES = "beginning, end, an offset, or a time (2024-08-08T12:00:00, UTC)"
Begin = Annotated[str, typer.Option("--from", metavar="PLACE", help=f"Where the stretch begins: {_PLACES}.")]
End = Annotated[str, typer.Option("--to", metavar="PLACE", help="Where it ends (exclusive); as --from.")]
Symbols = Annotated[
    list[str] | None, typer.Option(help="Only what is about this instrument: BTC-USDT; may be repeated.")
]
Partitions = Annotated[list[int] | None, typer.Option(help="Only this partition; may be repeated.")]
StageEngines = Annotated[
    list[str] | None, typer.Option(metavar="STAGE=ENGINE", help="Another engine for one stage; may be repeated.")
]
ConfigThen = Annotated[
    Path | None,
    typer.Option("--config", help="Default: tapeflow.toml here, else the one that a demo left in its data folder."),
]
ConfigFile = Annotated[
    Path | None, typer.Option(help="Configuration of the stages: tapeflow.toml here, if there is one.")
]

Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Another value for one key, as flows.market.workers=2; repeatable."
    ),
]
DeskConfig = Annotated[
    Path | None,
    typer.Option("--config", help="What shall run: tapeflow.toml here, else the file of the last deployment."),
]
Programs = Annotated[list[str] | None, typer.Argument(help="As `tapeflow list` names them; ingestor is all of them.")]
AllPrograms = Annotated[bool, typer.Option("--all", help="Everything that is deployed.")]


def desk_and_names(data_dir: Path | None, words: list[str], everything: bool) -> tuple[Desk, list[str]]:
    """The desk, and the deployed programs that a command names. Raises BadOption, DeskError."""
    from flows.desk.desk import Desk
    from flows.running.flow_options import BadOption

    desk = Desk(data_dir, typer.echo)
    if bool(words) == everything:
        raise BadOption("name what it is for, as `tapeflow list` does, or --all")
    if everything:
        return desk, list(desk.deployed().programs)
    return desk, list(dict.fromkeys(name for word in words for name in desk.names(word)))


def flow_options(
    data_dir: Path | None, config: Path | None, engine: Engine, stage_engines: list[str] | None = None
) -> FlowOptions:
    """What these options say together. Raises BadOption, BadConfig."""
    from flows.config import Config
    from flows.running.flow_options import FlowOptions
    from flows.stack.settings import Settings

    options = FlowOptions(services=Settings.load(data_dir), config=Config.load(config))
    return options.with_engines(engine.value, by_stage(stage_engines or []))


def config_then(data_dir: Path | None, config: Path | None) -> Path | None:
    """The configuration that goes with a log of the past: the one that is named, `tapeflow.toml` here, or the one that
    a demo left in its data folder; None for the defaults."""
    from flows.config import FILE
    from flows.stack import folder

    left = folder.resolve(data_dir) / "state" / FILE
    return config or next((file for file in (FILE, left) if file.exists()), None)


def by_stage(pairs: list[str]) -> dict[str, str]:
    """`STAGE=ENGINE` pairs as a mapping. Raises BadOption."""
    from flows.running.flow_options import BadOption

    for pair in pairs:
        if "=" not in pair:
            raise BadOption(f"--stage-engine {pair} is not of the form STAGE=ENGINE, as in bars=python")
    return dict(pair.split("=", 1) for pair in pairs)
