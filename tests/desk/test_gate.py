"""An upgrade takes a live flow's place only if it makes the same records, or others where that was wanted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flows.desk import deployed
from tests.desk.desk_at import DeskAt, until
from tests.desk.ticking import WITH_RSI, ticking

_ROOT = Path(__file__).parents[2]


def another_version(folder: Path) -> Path:
    """A checkout in which the Python twin's RSI is another one, by some millionths."""
    shutil.copytree(_ROOT / "flows", folder / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("schemas", "sql"):
        (folder / name).symlink_to(_ROOT / name)
    kernel = folder / "flows" / "kernels" / "rsi.py"
    text = kernel.read_text()
    assert "return 100.0 * " in text
    kernel.write_text(text.replace("return 100.0 * ", "return 99.999999 * "))
    return folder


@pytest.mark.timeout(900)
def test_the_gate(desk: DeskAt, tmp_path: Path) -> None:
    desk.write(WITH_RSI + "[flows.market]\n")
    # As in a repository: its own flows must not pass for the candidate's.
    (desk.folder / "flows").symlink_to(_ROOT / "flows")
    desk.well("deploy")
    with ticking(desk):
        other = str(another_version(tmp_path / "checkout"))
        gate = ("deploy", "market", "--shadow-for", "2s", "--candidate")

        # The same code from another folder.
        said = desk.shown(*gate, str(_ROOT))
        assert "identical: " in said
        assert deployed.read(desk.places).programs["market"].version == str(_ROOT)

        before = desk.pid("market")
        refused = desk.here(*gate, other, "--engine", "python")
        assert refused.returncode == 1
        assert "market goes on as it is: the candidate differs in market.features.rsi" in refused.stderr
        assert "different: " in refused.stdout
        assert "first divergence: market.features" in refused.stdout
        assert desk.pid("market") == before
        assert deployed.read(desk.places).programs["market"].version == str(_ROOT)

        said = desk.shown(*gate, other, "--engine", "python", "--accept", "market.features.rsi")
        assert "market: runs " in said
        assert json.loads(desk.shown("list", "--format", "json"))[0]["version"] == other
        until("it works", lambda: desk.programs()["market"].engine == "python")
        # And back, at once.
        options = ("--workers", "2", "--engine", "rust", "--stage-engine", "features=python")
        desk.shown("deploy", "market", "--version", "installed", *options)
        program = deployed.read(desk.places).programs["market"]
        assert program.version == ""
        arguments = " ".join(program.arguments)
        assert "--workers 2" in arguments
        assert "--stage-engine bars=rust --stage-engine features=python --stage-engine signals=rust" in arguments


def test_what_the_gate_refuses_to_look_at(desk: DeskAt) -> None:
    for words, said in {
        ("deploy", "--candidate", "rust"): "--candidate is for one flow: name it",
        ("deploy", "market", "--candidate", "rust"): "market is not deployed",
        ("deploy", "market", "--candidate", "rust", "--shadow-for", "long"): "is no duration such as 90s or 5m",
        ("deploy", "market", "--version", "no-such-version"): "no git ref of the repository here",
        ("deploy", "market", "--accept", "market.features.rsi"): "--accept belongs to --candidate",
    }.items():
        assert said in desk.refused(*words)
