"""What a flow needs to know: where the log is, which engine runs each stage, with which configuration."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flows.config import STAGES, Config
from flows.errors import TapeflowError
from flows.running.cluster import ALONE, Cluster
from flows.stack.settings import Settings

ENGINES = ("rust", "python")


class BadOption(TapeflowError):
    """An option that cannot be meant."""


@dataclass(frozen=True)
class FlowOptions:
    """Made by `load`, changed with `with_engines` and `dataclasses.replace`."""

    services: Settings
    config: Config
    engines: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(STAGES, "rust"))
    """`rust` or `python`, by stage."""
    output_prefix: str | None = None
    """Goes before the names of output topics in place of the services' own prefix."""
    until_end: bool = False
    """Stop where the input ended when the flow began."""
    cluster: Cluster = ALONE
    """Which of the flow's processes this is."""
    is_metered: bool = False
    """Whether somebody reads the flow's metrics."""
    stop: threading.Event = field(default_factory=threading.Event)
    """When set, sources end, and the flow with them when all is written."""

    @classmethod
    def load(cls) -> FlowOptions:
        """From the environment, the data folder's running stack and `tapeflow.toml` here."""
        return cls(services=Settings.load(), config=Config.load())

    def with_engines(self, engine: str, by_stage: Mapping[str, str]) -> FlowOptions:
        """One engine for all stages, save those that are named. Raises BadOption."""
        for stage, chosen in (*by_stage.items(), ("every stage", engine)):
            if chosen not in ENGINES:
                raise BadOption(f"there is no engine {chosen} for {stage}: the engines are {' and '.join(ENGINES)}")
            if stage not in (*STAGES, "every stage"):
                raise BadOption(f"there is no stage {stage}: the stages are {', '.join(STAGES)}")
        return replace(self, engines={stage: by_stage.get(stage, engine) for stage in STAGES})

    @property
    def input_prefix(self) -> str:
        """Before the names of input topics."""
        return self.services.topic_prefix

    @property
    def written_prefix(self) -> str:
        """Before the names of output topics."""
        return self.input_prefix if self.output_prefix is None else self.output_prefix
