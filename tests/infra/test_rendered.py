"""What kubectl makes of `infra/kubernetes`, by Kubernetes' schemas: names with their hashes, images with their tags."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.infra.manifests import KINDS, ROOT, Document, Manifests, containers


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    """Of a copy with secrets: a checkout has none, and the developer's own are not for tests."""
    kubectl = shutil.which("kubectl")
    if not kubectl:
        pytest.skip("no kubectl: what it makes of infra/kubernetes is not looked at; version 1.21 or newer will do")
    infra = tmp_path_factory.mktemp("rendered") / "infra"
    shutil.copytree(ROOT.parent, infra, ignore=shutil.ignore_patterns("secrets.env"))
    shutil.copy(infra / "kubernetes" / "secrets.env.example", infra / "kubernetes" / "secrets.env")
    told = subprocess.run([kubectl, "kustomize", str(infra / "kubernetes")], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    assert not told.stderr, "kubectl warns of it"
    return [document for document in yaml.safe_load_all(told.stdout) if document]


def test_valid(rendered: list[Document]) -> None:
    for document in rendered:
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_nothing_is_left_out(rendered: list[Document]) -> None:
    """And nothing more: the other tests look at the files."""
    files = Manifests.load()
    generated = {("ConfigMap", name) for name in files.config_maps} | {("Secret", name) for name in files.secrets}
    of_files = {(one["kind"], one["metadata"]["name"]) for one in files.documents}
    assert {(one["kind"], _without_hash(one)) for one in rendered} == of_files | generated
    for one in rendered:
        if one["kind"] in ("ConfigMap", "Secret"):
            keys = (files.config_maps | files.secrets)[_without_hash(one)]
            assert set(one["data"]) == keys
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "tapeflow"


def test_what_pods_name_is_there(rendered: list[Document]) -> None:
    """By its name with the hash: that is what starts pods anew when a setting changes."""
    held = {one["metadata"]["name"]: set(one["data"]) for one in rendered if one["kind"] in ("ConfigMap", "Secret")}
    named = set()
    for pod in _pods(rendered):
        for name, key in _references(pod):
            assert name in held, f"{name} is not made"
            assert key is None or key in held[name]
            named.add(name)
    assert named == set(held)


def test_every_image_has_its_version(rendered: list[Document]) -> None:
    images = {container["image"] for pod in _pods(rendered) for container in containers(pod)}
    assert "tapeflow:0.1.0" in images
    assert all(image.rpartition(":")[2] not in ("", "latest", image) for image in images)


def _without_hash(document: Document) -> str:
    name: str = document["metadata"]["name"]
    return name.rpartition("-")[0] if document["kind"] in ("ConfigMap", "Secret") else name


def _pods(rendered: list[Document]) -> Iterator[Document]:
    return (one["spec"]["template"] for one in rendered if one["kind"] in KINDS)


def _references(pod: Document) -> Iterator[tuple[str, str | None]]:
    """Each map and secret, with the key where one is named."""
    for volume in pod["spec"].get("volumes", []):
        if "configMap" in volume:
            yield volume["configMap"]["name"], None
    for container in containers(pod):
        for source in container.get("envFrom", []):
            yield source["configMapRef"]["name"], None
        for variable in container.get("env", []):
            secret: dict[str, Any] = variable.get("valueFrom", {}).get("secretKeyRef", {})
            if secret:
                yield secret["name"], secret["key"]
