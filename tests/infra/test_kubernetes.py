"""The manifests, judged without a cluster: by Kubernetes' schemas, and for what schemas do not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest

from flows.contracts import topics
from flows.running.cluster import Cluster
from flows.running.flow import OURS, named
from tests.infra import command_lines
from tests.infra.command_lines import option
from tests.infra.manifests import KINDS, ROOT, Document, Manifests, containers

MANIFESTS = Manifests.load()
WORKLOADS = dict(MANIFESTS.workloads())
VERSION = kubernetes_validate.latest_version()
OURS_RUN = {name: pod for name, pod in WORKLOADS.items() if "desk" in pod["metadata"]["labels"]}


@pytest.mark.parametrize(
    "document", MANIFESTS.documents, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}".lower()
)
def test_valid(document: Document) -> None:
    kubernetes_validate.validate(document, VERSION, strict=True)


def test_every_file_is_applied() -> None:
    known = {one["metadata"]["name"] for one in MANIFESTS.documents}
    assert len(known) > 10
    listed = (ROOT / "kustomization.yaml").read_text()
    assert [file.name for file in ROOT.glob("*.yaml") if file.name not in listed and file.stem != "kustomization"] == []


@pytest.mark.parametrize("name", OURS_RUN)
def test_command_lines(name: str) -> None:
    for container in containers(OURS_RUN[name]):
        command_lines.check([_with_values(word, container) for word in container["args"]])


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_name_is_there(name: str) -> None:
    pod = WORKLOADS[name]
    owner = next(one for one in MANIFESTS.of_kind(*KINDS) if one["metadata"]["name"] == name)
    volumes = {volume["name"] for volume in pod["spec"].get("volumes", [])}
    volumes |= {claim["metadata"]["name"] for claim in owner["spec"].get("volumeClaimTemplates", [])}
    for volume in pod["spec"].get("volumes", []):
        if "configMap" in volume:
            assert volume["configMap"]["name"] in MANIFESTS.config_maps
    for container in containers(pod):
        assert {mount["name"] for mount in container.get("volumeMounts", [])} <= volumes
        for source in container.get("envFrom", []):
            assert source["configMapRef"]["name"] in MANIFESTS.config_maps
        for variable in container.get("env", []):
            secret = variable.get("valueFrom", {}).get("secretKeyRef")
            assert secret is None or secret["key"] in MANIFESTS.secrets[secret["name"]]
        named_ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            action = container.get(probe, {})
            target = (action.get("httpGet") or action.get("tcpSocket") or {}).get("port")
            assert target is None or target in named_ports
            if "exec" in action:
                file = re.search(r"/run/\S+\.json", action["exec"]["command"][-1])
                assert file
                assert f"--status-file={file[0]}" in container["args"]
    if owner["kind"] == "StatefulSet":
        service = _service(owner["spec"]["serviceName"])
        assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()


def test_what_the_ingestor_received_outlives_its_pod() -> None:
    owner = next(one for one in MANIFESTS.of_kind("StatefulSet") if one["metadata"]["name"] == "ingestor")
    (container,) = containers(WORKLOADS["ingestor"])
    (claim,) = owner["spec"]["volumeClaimTemplates"]
    mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}[claim["metadata"]["name"]]
    assert option(container["args"], "--frames").startswith(f"{mounted}/")
    kept = int(option(container["args"], "--frames-keep").removesuffix("GiB"))
    room = int(claim["spec"]["resources"]["requests"]["storage"].removesuffix("Gi"))
    assert room >= 2 * kept, "more is kept while the broker is away"


def test_services_lead_to_open_ports() -> None:
    for service in MANIFESTS.of_kind("Service"):
        pod = WORKLOADS[service["spec"]["selector"]["app"]]
        assert {port["port"] for port in service["spec"]["ports"]} <= _ports(pod)


@pytest.mark.parametrize("name", WORKLOADS)
def test_no_pod_has_more_than_it_needs(name: str) -> None:
    spec = WORKLOADS[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] > 0
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers(WORKLOADS[name]):
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        assert container["resources"]["requests"]["cpu"]
        assert "readinessProbe" in container or name == "prepare"
        assert "livenessProbe" in container or name == "prepare"


@pytest.mark.parametrize("name", [name for name in OURS if name in WORKLOADS])
def test_a_flows_processes(name: str) -> None:
    """As many as it has addresses, each where its headless service finds it, and a partition for each."""
    owner = next(one for one in MANIFESTS.of_kind("StatefulSet") if one["metadata"]["name"] == name)
    said = next(word for word in containers(WORKLOADS[name])[0]["args"] if word.startswith("--addresses="))
    addresses = said.removeprefix("--addresses=").split(",")
    assert addresses == [f"{name}-{number}.{name}:2101" for number in range(owner["spec"]["replicas"])]
    topic = topics.load()[named(name).topic]
    Cluster.of(0, addresses).share_out(topic.name, topic.partitions)
    assert owner["spec"]["podManagementPolicy"] == "Parallel"
    assert _service(name)["spec"]["clusterIP"] == "None"
    assert _service(name)["spec"]["publishNotReadyAddresses"] is True


def test_whoever_names_an_address_may_talk_to_it() -> None:
    talks = sorted(_talks())
    assert ("audit", "clickhouse", 8123) in talks
    assert ("market", "market", 2101) in talks
    for caller, called, port in talks:
        assert _allowed("Egress", caller, called, port), f"{caller} may not call {called}:{port}"
        assert _allowed("Ingress", called, caller, port), f"{called}:{port} may not be called by {caller}"


def test_nobody_else_may() -> None:
    assert not _allowed("Egress", "market", "exchange", 9000)
    assert not _allowed("Ingress", "clickhouse", "router", 8123)
    assert not _allowed("Ingress", "redpanda", "grafana", 9092)
    everything = next(one for one in MANIFESTS.of_kind("NetworkPolicy") if one["spec"]["podSelector"] == {})
    assert set(everything["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    assert "ingress" not in everything["spec"]
    assert "egress" not in everything["spec"]


def _with_values(word: str, container: Document) -> str:
    """As the kubelet writes it: the process number of a pod is a digit."""
    variables = {variable["name"]: variable.get("value", "0") for variable in container.get("env", [])}
    return re.sub(r"\$\((\w+)\)", lambda found: variables[found[1]], word)


def _service(name: str) -> Document:
    return next(one for one in MANIFESTS.of_kind("Service") if one["metadata"]["name"] == name)


def _ports(pod: Document) -> set[int]:
    return {port["containerPort"] for container in containers(pod) for port in container.get("ports", [])}


def _talks() -> Iterator[tuple[str, str, int]]:
    """Who has whose address in arguments or environment."""
    services = [service["metadata"]["name"] for service in MANIFESTS.of_kind("Service")]
    address = re.compile(rf"(?<![\w-])(?:[\w-]+\.)?({'|'.join(services)}):(\d+)")
    settings = " ".join(_literals())
    for name, pod in WORKLOADS.items():
        for container in containers(pod):
            values = [str(variable.get("value", "")) for variable in container.get("env", [])]
            # Flows have the address of ClickHouse among their settings, and no use for it: only these talk to it.
            if name not in ("audit", "prepare"):
                values = [value for value in values if "clickhouse:" not in value]
            said = " ".join([*map(str, container.get("args", [])), *values])
            said += settings if "envFrom" in container and name != "exchange" else ""
            # A broker says by itself where it is.
            for called, port in address.findall(said) if name != "redpanda" else []:
                yield name, called, int(port)


def _literals() -> list[str]:
    import yaml

    said = yaml.safe_load((ROOT / "kustomization.yaml").read_text())
    found: list[str] = next(one for one in said["configMapGenerator"] if one["name"] == "settings")["literals"]
    return found


def _allowed(direction: str, pod: str, other: str, port: int) -> bool:
    """Whether a policy that holds for `pod` lets it call `other`, or be called by it, at `port`."""
    labels, others = (WORKLOADS[name]["metadata"]["labels"] for name in (pod, other))
    key = "to" if direction == "Egress" else "from"
    return any(
        _selects(peer.get("podSelector"), others)
        for policy in MANIFESTS.of_kind("NetworkPolicy")
        if direction in policy["spec"]["policyTypes"] and _selects(policy["spec"]["podSelector"], labels)
        for rule in policy["spec"].get(direction.lower(), [])
        if port in [one["port"] for one in rule["ports"]]
        for peer in rule.get(key, [])
    )


def _selects(selector: Any, labels: dict[str, str]) -> bool:
    if selector is None:
        return False
    if not selector.get("matchLabels", {}).items() <= labels.items():
        return False
    return all(labels.get(rule["key"]) in rule["values"] for rule in selector.get("matchExpressions", []))
