"""What `kubectl apply -k infra/kubernetes` would send: files, folders and generated maps, as the kustomization says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2] / "infra" / "kubernetes"
Document = dict[str, Any]
KINDS = ("StatefulSet", "Deployment", "Job")
"""Of what has pods."""


@dataclass
class Manifests:
    documents: list[Document] = field(default_factory=list)
    config_maps: dict[str, set[str]] = field(default_factory=dict)
    """Keys of each that is generated."""
    secrets: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Manifests:
        found = cls()
        found._add(ROOT)
        return found

    def of_kind(self, *kinds: str) -> Iterator[Document]:
        return (one for one in self.documents if one["kind"] in kinds)

    def workloads(self) -> Iterator[tuple[str, Document]]:
        """Name and pod template."""
        for one in self.of_kind(*KINDS):
            yield one["metadata"]["name"], one["spec"]["template"]

    def _add(self, folder: Path) -> None:
        said = yaml.safe_load((folder / "kustomization.yaml").read_text())
        for name in said.get("resources", []):
            path = folder / name
            if path.is_dir():
                self._add(path)
            else:
                self.documents += [one for one in yaml.safe_load_all(path.read_text()) if one]
        for generated in said.get("configMapGenerator", []):
            keys = {literal.partition("=")[0] for literal in generated.get("literals", [])}
            for file in generated.get("files", []):
                key, _, source = file.rpartition("=")
                assert (folder / source).is_file(), f"{folder}: no {source}"
                # kubectl reads nothing from outside of the folder that it is told.
                assert ".." not in source
                keys.add(key or Path(source).name)
            self.config_maps[generated["name"]] = keys
        for generated in said.get("secretGenerator", []):
            for name in generated["envs"]:
                lines = (folder / f"{name}.example").read_text().splitlines()
                keys = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
                self.secrets[generated["name"]] = keys


def containers(pod: Document) -> list[Document]:
    found: list[Document] = pod["spec"]["containers"]
    return found
