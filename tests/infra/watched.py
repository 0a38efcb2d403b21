"""What the rules and dashboards in infra/ ask of Prometheus and ClickHouse."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

INFRA = Path(__file__).parents[2] / "infra"
_METRIC = re.compile(r"\b(?:tapeflow|process)_\w+")


@dataclass(frozen=True)
class Question:
    """One expression, and the labels that its title uses."""

    where: str
    expr: str
    told: str

    @property
    def metrics(self) -> set[str]:
        return set(_METRIC.findall(self.expr))

    @property
    def labels(self) -> set[str]:
        """Of the metric, as far as they are named."""
        named = set(re.findall(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}", self.told))
        for group in re.findall(r"by \(([^)]*)\)", self.expr):
            named |= {label.strip() for label in group.split(",")}
        return named | set(re.findall(r"[{,](\w+)=", self.expr))


def rules() -> Iterator[Question]:
    for group in yaml.safe_load((INFRA / "prometheus" / "rules.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield Question(rule["alert"], rule["expr"], rule["annotations"]["summary"])


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every target of every panel, with where it is."""
    for file in sorted((INFRA / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{file.stem}: {panel['title']}", target


def charts() -> Iterator[Question]:
    for where, target in panels():
        if target["datasource"]["type"] == "prometheus":
            yield Question(where, target["expr"], target["legendFormat"])


def questions() -> list[Question]:
    """All that Prometheus is asked."""
    return [*rules(), *charts()]


def statements() -> Iterator[tuple[str, str]]:
    """SQL as Grafana sends it for the last hour, with where it is."""
    for where, target in panels():
        if target["datasource"]["type"] == "grafana-clickhouse-datasource":
            yield where, re.sub(r"\$__timeFilter\((\w+)\)", r"\1 >= now() - 3600 AND \1 <= now()", target["rawSql"])
