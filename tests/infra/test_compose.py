"""`infra/compose.yaml` without an engine: what it names is there, and our programs take the command lines in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.infra import command_lines
from tests.infra.command_lines import option

INFRA = Path(__file__).parents[2] / "infra"
COMPOSE: dict[str, Any] = yaml.safe_load((INFRA / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("tapeflow:")}


def test_the_whole_desk_is_there() -> None:
    assert set(OURS) == {"prepare", "exchange", "ingestor", "market", "risk", "audit", "router"}
    assert set(SERVICES) - set(OURS) == {"redpanda", "console", "clickhouse", "prometheus", "grafana"}


@pytest.mark.parametrize("name", OURS)
def test_command_lines(name: str) -> None:
    command_lines.check(OURS[name]["command"])


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    for other in service.get("depends_on", []):
        conditions = service["depends_on"]
        assert other in SERVICES
        if isinstance(conditions, dict) and conditions[other]["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other], f"{name} waits for {other}, which says nothing of its health"
    for volume in service.get("volumes", []):
        source = volume.partition(":")[0]
        assert (INFRA / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume
    address = re.compile(rf"(?:^|[/=,@])({'|'.join(SERVICES)}):\d+")
    said = " ".join([*map(str, service.get("command", [])), *map(str, service.get("environment", {}).values())])
    assert set(address.findall(said)) <= set(SERVICES)


def test_what_the_ingestor_received_outlives_its_container() -> None:
    folder = option(SERVICES["ingestor"]["command"], "--frames")
    volume, _, mounted = SERVICES["ingestor"]["volumes"][0].partition(":")
    assert folder.startswith(f"{mounted}/")
    assert volume in COMPOSE["volumes"]
    assert option(SERVICES["ingestor"]["command"], "--frames-keep").endswith("GiB"), "disk has an end"


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_on_loopback(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", OURS)
def test_ours_run_without_privileges(name: str) -> None:
    assert OURS[name]["read_only"] is True
    assert OURS[name]["cap_drop"] == ["ALL"]
    assert OURS[name]["security_opt"] == ["no-new-privileges:true"]
    assert "healthcheck" in OURS[name] or name == "prepare"


def test_prometheus_asks_every_program() -> None:
    said = yaml.safe_load((INFRA / "prometheus" / "prometheus.yml").read_text())
    asked = {target for job in said["scrape_configs"] for one in job["static_configs"] for target in one["targets"]}
    served = set()
    for name, service in OURS.items():
        words = " ".join(map(str, service["command"]))
        if found := re.search(r"--metrics-listen=0\.0\.0\.0:(\d+)", words):
            processes = re.search(r"--processes=(\d+)", words)
            count = int(processes[1]) if processes else 1
            served |= {f"{name}:{int(found[1]) + number}" for number in range(count)}
    assert asked == served


def test_the_image_has_what_the_commands_need() -> None:
    said = (INFRA / "Dockerfile").read_text()
    assert "USER 10001" in said
    for name in ("tapeflow-exchange", "tapeflow-ingestor", "tapeflow-router"):
        assert f"/release/{name}" in said
    assert COMPOSE["x-desk"]["build"] == {"context": "..", "dockerfile": "infra/Dockerfile"}
