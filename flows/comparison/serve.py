"""`python -m flows.comparison.serve`: this version's flow as a side of a comparison that another version runs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO, Any

from flows._native import Batch
from flows.comparison import frames, own_stages
from flows.comparison.side import ChainSide, SideFailed
from flows.config import Config
from flows.contracts import topics
from flows.errors import TapeflowError
from flows.running.flow import is_own, named
from flows.running.flow_options import FlowOptions
from flows.stack.settings import Settings


def main() -> None:
    """Answers until its input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a user's code prints must not stand between the frames.
    os.dup2(2, 1)
    try:
        _, _, body = frames.read(requests)
        hello = json.loads(body)
        sides = _Sides(hello)
        answer = {"topics": list(topics.load()), "reads": sides.flow.topic}
        frames.write(answers, frames.OUTPUTS, -1, json.dumps(answer).encode())
    except TapeflowError as error:
        frames.write(answers, frames.FAILED, -1, str(error).encode())
        return
    _serve(requests, answers, sides)


def _serve(requests: IO[bytes], answers: IO[bytes], sides: _Sides) -> None:
    while True:
        try:
            kind, partition, body = frames.read(requests)
        except frames.Closed:
            return
        try:
            side, batch = sides.of(partition), Batch.from_bytes(body)
            made = side.process(batch)
            frames.write(answers, frames.OUTPUTS, partition, made.to_bytes() if kind == frames.PROCESS else b"")
        except SideFailed as error:
            frames.write(answers, frames.FAILED, partition, str(error).encode())
            return


class _Sides:
    """One for each partition, made when it is first asked for."""

    def __init__(self, hello: dict[str, Any]) -> None:
        """Raises BadOption, BadConfig, StageConfigError, NotComparable, NoFlow."""
        config = Config.load(Path(hello["config"]) if hello["config"] else None)
        services = Settings.load(Path(hello["data_dir"]) if hello.get("data_dir") else None)
        options = FlowOptions(services=services, config=config).with_engines(hello["engine"], hello["stage_engines"])
        flow = hello["flow"]
        self.flow, self._options = own_stages.find(flow, options) if is_own(flow) else (named(flow), options)
        self._name = hello["name"]
        self._counts = hello["counts"]
        self._made: dict[int, ChainSide] = {}
        # What is wrong with the configuration is said before the first record.
        self.of(0)

    def of(self, partition: int) -> ChainSide:
        side = self._made.get(partition)
        if side is None:
            side = ChainSide(self._name, self.flow, self._options, self._count)
            self._made[partition] = side
        return side

    def _count(self, names: list[str]) -> dict[str, int]:
        return {name: self._counts[name] for name in names}


if __name__ == "__main__":
    main()
