"""A real Prometheus on loopback, by configuration and rules of infra/prometheus with shorter times."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra.running_desk import free_addresses
from tests.infra.watched import INFRA
from tests.system.router_process import wait_for

_FOLDER = INFRA / "prometheus"
_WAITS = "2s"


def program(name: str) -> str:
    """`prometheus` or `promtool`. Skips the test where it is not."""
    found = shutil.which(name, path=f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if not found:
        pytest.skip(f"no {name}: infra/setup/prometheus FOLDER gets it on Debian; put it on the search path")
    return found


@dataclass(frozen=True)
class Prometheus:
    address: str

    def query(self, expr: str) -> list[dict[str, Any]]:
        """What it finds now. Raises HTTPError where it does not take the expression."""
        found: list[dict[str, Any]] = self._get("query", query=expr)["result"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """Each alert's rule as it stands."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def _get(self, path: str, **parameters: str) -> Any:
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            said = json.load(answer)
        assert said["status"] == "success", said
        return said["data"]


@contextmanager
def running(folder: Path, targets: Sequence[str]) -> Iterator[Prometheus]:
    """Once it has asked all `targets`; each second, and an alert waits 2 s at most before it fires."""
    config = yaml.safe_load((_FOLDER / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    (job,) = config["scrape_configs"]
    job["static_configs"] = [{"targets": list(targets)}]
    rules = yaml.safe_load((_FOLDER / "rules.yml").read_text())
    for rule in rules["groups"][0]["rules"]:
        if "for" in rule:
            rule["for"] = _WAITS
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    (folder / "rules.yml").write_text(yaml.safe_dump(rules))
    (address,) = free_addresses(1)
    prometheus = Prometheus(address)
    command = [program("prometheus"), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    log = folder / "prometheus.log"
    with log.open("wb") as written:
        process = subprocess.Popen([*command, f"--web.listen-address={address}"], stdout=written, stderr=written)
    try:

        def up() -> bool:
            assert process.poll() is None, log.read_text()
            with suppress(OSError):
                return len(prometheus.query('up{job="tapeflow"} == 1')) == len(targets)
            return False

        wait_for("Prometheus with all its targets", up)
        yield prometheus
    finally:
        process.terminate()
        process.wait(30)
