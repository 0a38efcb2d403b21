"""The gate takes every flow that is made of stages: those of derived topics, and users' own."""

from __future__ import annotations

import subprocess
from pathlib import Path

from flows.desk import deployed
from tests.desk import own_flows
from tests.desk.desk_at import DeskAt, until
from tests.desk.ticking import WITH_RSI, ticking

_GATE = ("--shadow-for", "2s", "--candidate")


def git(folder: Path, *words: str) -> None:
    named = ("-c", "user.name=desk", "-c", "user.email=desk@localhost")
    subprocess.run(["git", "-C", str(folder), *named, *words], check=True, capture_output=True)


def test_flows_of_derived_topics(desk: DeskAt) -> None:
    desk.write(WITH_RSI + "[flows.bars]\n[flows.features]\n[flows.signals]\n")
    desk.well("deploy")
    with ticking(desk):
        until("signals work", lambda: (desk.programs()["signals"].records_per_s or 0) > 0)
        assert "identical: " in desk.shown("deploy", "signals", *_GATE, "python")
        refused = desk.refused("deploy", "features", *_GATE, "rust", "--set", "features.ema_fast=13")
    assert "features goes on as it is: the candidate differs in market.features.ema_fast" in refused
    found = desk.programs()
    assert (found["signals"].engine, found["features"].engine) == ("python", "rust")


def test_another_file_and_a_git_ref_of_ones_own(desk: DeskAt) -> None:
    folder = desk.folder / "pairs"
    own_flows.staged(folder)
    git(desk.folder, "init", "--quiet")
    git(desk.folder, "add", "pairs")
    git(desk.folder, "commit", "--quiet", "--message", "Pairs")
    git(desk.folder, "tag", "v1")
    own_flows.staged(desk.folder / "other", only_interval_ns=1_000_000_000)
    own_flows.plain(desk.folder / "clocks")
    desk.well("deploy", "pairs/flow.py")
    with ticking(desk):
        until("it works", lambda: (desk.programs()["pairs"].records_per_s or 0) > 0)
        refused = desk.refused("deploy", "pairs", *_GATE, "other/flow.py")
        assert "pairs goes on as it is: the candidate differs in market.bars." in refused
        assert "identical: " in desk.shown("deploy", "pairs", *_GATE, "v1")
    program = deployed.read(desk.places).programs["pairs"]
    assert program.version == "v1"
    assert Path(program.version_flow).is_relative_to(desk.data_dir / "versions")
    assert program.arguments[1] == program.version_flow
    # It stays so, until another is asked for.
    assert "pairs: runs already" in desk.shown("deploy")
    refused = desk.refused("deploy", "pairs", *_GATE, "./clocks")
    assert refused.startswith("tapeflow: pairs goes on as it is: ")
    assert own_flows.NEEDS in refused
    assert "v9 is no file or package with a flow" in desk.refused("deploy", "pairs", *_GATE, "v9")
    desk.shown("deploy", "pairs", "--version", "installed")
    program = deployed.read(desk.places).programs["pairs"]
    assert (program.version, program.arguments[1]) == ("", str(folder / "flow.py"))
