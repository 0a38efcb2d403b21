"""`tapeflow shadow`: two sides over one log, and what the report says of them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from flows.contracts.codec import decode
from flows.contracts.registry import SchemaIds
from flows.stack import Stack, topics
from flows.stack.settings import Settings
from tests.flow_process import FlowProcess
from tests.log_of import read, write
from tests.replay.conftest import PREFIX, TICKS
from tests.synthetic_ticks import messages
from tests.tapeflow_command import tapeflow

_IDS = SchemaIds.embedded()
_ROOT = Path(__file__).parents[2]
MARKET = ("bars", "features", "signals")


def shadow(
    stack: Stack, data_dir: Path, flow: str, *arguments: str, folder: Path | None = None
) -> tuple[int, dict[str, Any]]:
    """Exit code and report; called in `folder`, or in the data folder."""
    done = tapeflow(stack, data_dir, PREFIX, "shadow", flow, *arguments, "--format", "json", folder=folder)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def diffs(settings: Settings, run: str) -> list[Any]:
    found = [decode(written.value, _IDS) for written in read(settings, "shadow.diffs")]
    return [diff for diff in found if diff.run == run]


def own_flow(file: Path, *stages: str) -> Path:
    """As a user writes one."""
    file.write_text(
        "from flows.running.flow import Flow\nfrom flows.running.wiring import Wiring\n\n"
        f'def get_flow(options):\n    return Wiring(Flow("own", "market.ticks", {stages}), options).flow\n'
    )
    return file


def packed(folder: Path) -> Path:
    """A wheel of what runs here: the build backend would compile for a minute to make the same."""
    wheel, info = folder / "tapeflow-0.1.0-py3-none-any.whl", "tapeflow-0.1.0.dist-info"
    with ZipFile(wheel, "w") as archive:
        for name in ("flows", "schemas", "sql"):
            for file in (_ROOT / name).rglob("*"):
                if file.is_file() and "__pycache__" not in file.parts:
                    archive.write(file, file.relative_to(_ROOT))
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tapeflow\nVersion: 0.1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


@pytest.mark.parametrize(
    ("candidate", "baseline"), [("rust", "written"), ("python", "written"), ("python", "rust"), ("written", "rust")]
)
def test_engines_are_identical(stack: Stack, settings: Settings, tmp_path: Path, candidate: str, baseline: str) -> None:
    code, report = shadow(stack, tmp_path, "market", "--candidate", candidate, "--baseline", baseline)
    assert code == 0
    assert report["identical"]
    assert report["complete"]
    assert report["input_records"] == TICKS + 14
    same = {topic: counts["same"] for topic, counts in report["topics"].items()}
    topics_of_it = ("market.bars", "market.features", "market.violations", "ops.dead_letters")
    written = {name: len(read(settings, name)) for name in topics_of_it}
    assert {name: same[name] for name in written} == written
    assert report["differing_records"] == 0
    assert not diffs(settings, report["run"])


def test_risk_against_what_was_written(stack: Stack, settings: Settings, tmp_path: Path) -> None:
    code, report = shadow(stack, tmp_path, "risk", "--candidate", "python")
    assert code == 0
    assert report["topics"]["execution.orders"]["same"] == len(read(settings, "execution.orders"))
    assert report["equity"]["baseline"] == report["equity"]["candidate"] != []


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "other.toml"
    file.write_text("[features]\nema_fast = 4\n")
    return file


class TestAnotherConfiguration:
    """A shorter average: other features, other crossings, other signals."""

    def test_says_what_differs(self, stack: Stack, settings: Settings, tmp_path: Path, config: Path) -> None:
        code, report = shadow(stack, tmp_path, "market", "--candidate", "rust", "--candidate-config", str(config))
        assert code == 1
        assert not report["identical"]
        features = report["topics"]["market.features"]
        assert features["field"] > 100
        assert features["missing"] == features["extra"] == 0
        assert report["topics"]["market.bars"]["field"] == 0
        assert report["fields"]["FeatureVector.ema_fast"]["count"] == features["field"]
        assert 1e-6 < report["fields"]["FeatureVector.ema_fast"]["max_relative"] < 1e-2
        first = report["first_divergence"]
        assert first["topic"] == "market.features"
        assert first["fields"][0]["field"] == "ema_fast"
        cause = int(first["origin"].partition(":")[2].partition(".")[0])
        assert cause in [entry["offset"] for entry in first["input"]]
        assert any(name.startswith("Signal") for name in report["orders"])
        found = diffs(settings, report["run"])
        by_field = [diff for diff in found if diff.compared_topic == "market.features"]
        assert len(by_field) == features["field"]
        assert {diff.field for diff in by_field} == {"ema_fast"}
        assert all(float(diff.candidate) for diff in by_field)

    def test_within_tolerance(self, stack: Stack, settings: Settings, tmp_path: Path, config: Path) -> None:
        arguments = ["--candidate", "rust", "--candidate-config", str(config), "--partition", "0"]
        code, report = shadow(stack, tmp_path, "bars", *arguments, "--baseline", "rust")
        assert (code, report["identical"]) == (0, True)
        wide = ["--tolerance", "FeatureVector.ema_fast=inf", "--to", "1500"]
        _, report = shadow(stack, tmp_path, "market", *arguments, *wide)
        features = report["topics"]["market.features"]
        assert features["field"] == 0
        assert features["near"] > 10

    def test_text_and_page(self, stack: Stack, settings: Settings, tmp_path: Path, config: Path) -> None:
        arguments = ["shadow", "market", "--candidate", "rust", "--candidate-config", str(config)]
        text = tapeflow(stack, tmp_path, PREFIX, *arguments)
        assert "first divergence: market.features" in text.stdout
        assert "\ndifferent: " in text.stdout
        page = tapeflow(stack, tmp_path, PREFIX, *arguments, "--format", "html", "-o", str(tmp_path / "report.html"))
        assert page.returncode == 1
        html = (tmp_path / "report.html").read_text()
        assert html.count("<svg") >= 3
        for heading in ("Divergence over time", "Errors by field", "Equity of both sides"):
            assert heading in html
        assert "http" not in html.replace("http-equiv", "")


class TestAnotherVersion:
    def test_a_checkout(self, stack: Stack, settings: Settings, tmp_path: Path) -> None:
        code, report = shadow(stack, tmp_path, "market", "--candidate", str(_ROOT), "--candidate-engine", "python")
        assert code == 0
        assert str(_ROOT) in report["candidate"]

    def test_a_git_ref(self, stack: Stack, settings: Settings, tmp_path: Path) -> None:
        """In a folder of its own; where its Rust is what runs here, without a build."""
        git = ["git", "-C", str(_ROOT)]
        built_from = ["rust_ingest", "schemas", "pyproject.toml"]
        changed = subprocess.run([*git, "status", "--porcelain", *built_from], capture_output=True, check=False)
        if changed.returncode or changed.stdout:
            pytest.skip("no clean git checkout here: HEAD would be built from source, which takes minutes")
        code, report = shadow(stack, tmp_path, "market", "--candidate", "HEAD", folder=_ROOT)
        assert code == 0
        assert report["candidate"].startswith("HEAD (")

    def test_a_wheel(self, stack: Stack, settings: Settings, tmp_path: Path) -> None:
        wheel = packed(tmp_path)
        code, report = shadow(stack, tmp_path, "market", "--candidate", str(wheel))
        assert code == 0
        assert report["candidate"] == f"{wheel.name}, engine rust"

    def test_a_flow_file(self, stack: Stack, settings: Settings, tmp_path: Path) -> None:
        """Wired by its author; it runs into topics of its own, and those are compared."""
        file = own_flow(tmp_path / "own.py", "bars")
        code, report = shadow(stack, tmp_path, "bars", "--candidate", str(file))
        assert code == 0
        assert report["topics"]["market.bars"]["same"] == len(read(settings, "market.bars"))

    def test_one_that_crashes(self, stack: Stack, settings: Settings, tmp_path: Path) -> None:
        """A version that is this one, but for a kernel that raises at one trade."""
        checkout = tmp_path / "checkout"
        checkout.mkdir()
        for name in ("flows", "schemas"):
            subprocess.run(["cp", "-r", str(_ROOT / name), str(checkout / name)], check=True)
        kernel = checkout / "flows" / "kernels" / "stage.py"
        kernel.write_text(
            kernel.read_text().replace(
                "    def _take(self, entry: Entry) -> list[Output]:\n",
                "    def _take(self, entry: Entry) -> list[Output]:\n"
                "        if entry.offset == 1234:\n            raise ZeroDivisionError('a bug')\n",
            )
        )
        arguments = ["--candidate", str(checkout), "--candidate-engine", "python", "--partition", "0"]
        done = tapeflow(stack, tmp_path, PREFIX, "shadow", "bars", *arguments)
        assert done.returncode == 2
        assert "failed on market.ticks[0] offset 1234: ZeroDivisionError: a bug" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize(
    ("flow", "arguments", "said"),
    [
        ("market", ["--candidate", "v999"], "v999 is no checkout of Tapeflow, no wheel, and no git ref"),
        ("market", ["--candidate", "rust", "--baseline", "written:nowhere."], "nowhere."),
        ("nothing", ["--candidate", "rust"], "there is no flow nothing"),
        ("market", ["--candidate", "rust", "--from", "end"], "has no record in that stretch"),
        ("market", ["--candidate", "rust", "--for", "5"], "belong to --live"),
        ("market", ["--candidate", "rust", "--tolerance", "rsi"], "not of the form FIELD=NUMBER"),
    ],
)
def test_what_cannot_be_compared(
    stack: Stack, settings: Settings, tmp_path: Path, flow: str, arguments: list[str], said: str
) -> None:
    done = tapeflow(stack, tmp_path, PREFIX, "shadow", flow, *arguments)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


class TestBesideALiveFlow:
    """The shadow reads what the flow reads, and holds its candidate against what the flow writes meanwhile."""

    def test_identical(self, stack: Stack, tmp_path: Path) -> None:
        """A user's own flow, and the file that shall take its place."""
        flow, following = own_flow(tmp_path / "own.py", *MARKET), own_flow(tmp_path / "next.py", *MARKET)
        of_shadow = ["--candidate", str(following), "--candidate-engine", "python"]
        code, report, said = self._beside(stack, tmp_path, "live.", [str(flow)], [str(flow), *of_shadow])
        assert code == 0, said
        assert report["identical"]
        assert report["topics"]["market.features"]["same"] > 10
        assert report["input_records"] == 8_012
        assert "behind the log" in said

    def test_a_flow_that_differs_falls_back(self, stack: Stack, tmp_path: Path, config: Path) -> None:
        """The live flow runs by another configuration than it should: its features go to Python, where they differ."""
        of_flow, of_shadow = ["market", "--config", str(config)], ["market", "--candidate", "python", "--fall-back"]
        code, report, said = self._beside(stack, tmp_path, "guarded.", of_flow, of_shadow)
        assert code == 1, said
        assert report["topics"]["market.features"]["field"] > 10
        assert "falls back to Python: shadow" in said
        assert set(self._engines["bars"]) == {"rust"}
        assert "python" in self._engines["features"]

    def _beside(
        self, stack: Stack, folder: Path, prefix: str, of_flow: list[str], of_shadow: list[str]
    ) -> tuple[int, dict[str, Any], str]:
        """Exit code, report, and what was said on stderr."""
        live = replace(stack.settings, topic_prefix=prefix)
        topics.create(live)
        with FlowProcess(stack, folder / "flow", prefix, *of_flow) as process:
            write(live, "market.ticks", messages(4_000, seed=3))
            process.until(lambda: process.done("market.ticks") == 4_012)
            command = ["shadow", *of_shadow, "--live", "--for", "20", "--format", "json", "--from", "0"]
            said = folder / "shadow.log"
            with (
                said.open("w") as log,
                subprocess.Popen(
                    [sys.executable, "-m", "flows.cli", *command, "--status-file", str(process.status_file)],
                    env=process.environment,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                ) as shadowing,
            ):
                # It works, and most of its time is left.
                process.until(lambda: "behind the log" in said.read_text())
                write(live, "market.ticks", list(messages(8_000, seed=3))[4_012:])
                out, _ = shadowing.communicate(timeout=60)
            status = json.loads(process.status_file.read_text())
        self._engines: dict[str, list[str]] = {}
        for stages in status["engines"].values():
            for stage, standing in stages.items():
                self._engines.setdefault(stage, []).extend(standing["running"])
        return shadowing.returncode, json.loads(out), said.read_text()
