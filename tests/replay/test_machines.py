"""A flow on several machines, as the README says, against a cluster of brokers: the same records as by one process.

A machine is an address of loopback here, with a data folder of its own.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

from confluent_kafka.admin import AdminClient

from flows.running.cluster import PEER_LOST
from flows.stack import ports, topics
from flows.stack.settings import Settings
from tests.broker_cluster import broker_cluster
from tests.desk.desk_at import until
from tests.flow_process import FlowProcess
from tests.log_of import read, write
from tests.producers import by_source_partition
from tests.synthetic_ticks import messages

_README = (Path(__file__).parents[2] / "README.md").read_text()
_BROKERS = ("127.0.0.11", "127.0.0.12")
_HOSTS = {"host-a": "127.0.0.21", "host-b": "127.0.0.22"}
_HALF = 3_000


def test_on_several_machines(tmp_path: Path) -> None:
    """When one is gone the others go too. All of them go on from what the first saved, whatever the others have."""
    first, second = _commands()
    with broker_cluster(tmp_path, _BROKERS) as brokers:
        settings = brokers.settings("machines.")
        topics.create(settings)
        _on_all(settings)
        stream = list(messages(2 * _HALF, seed=18))
        written = write(settings, "market.ticks", stream[:_HALF])
        a, b, other = (tmp_path / name for name in ("a", "b", "other"))
        with (
            FlowProcess(brokers, a, settings.topic_prefix, *first) as one,
            FlowProcess(brokers, b, settings.topic_prefix, *second) as two,
        ):
            one.until(lambda: one.done("market.ticks") + two.done("market.ticks") == written)
            assert one.done("market.ticks")
            assert two.done("market.ticks")
            # A saved second, so that there is something to go on from.
            time.sleep(2)
            two.kill()
            assert one.process.wait(30) == PEER_LOST
            assert (
                one.log.read_text().splitlines()[-1].startswith("tapeflow: process 0 ends because another process of")
            )
        assert not any((b / "state" / "flows").glob("*/*"))
        write(settings, "market.ticks", stream[_HALF:])
        with (
            FlowProcess(brokers, a, settings.topic_prefix, *first, "--until-end") as one,
            FlowProcess(brokers, other, settings.topic_prefix, *second, "--until-end") as two,
        ):
            one.ended()
            two.ended()
        alone = ("market", "--until-end", "--output-prefix", "alone.")
        with FlowProcess(brokers, tmp_path / "alone", settings.topic_prefix, *alone) as process:
            process.ended()
        for name in ("market.bars", "market.features", "market.violations", "risk.inbox"):
            found = by_source_partition(read(settings, name))
            assert found == by_source_partition(read(settings, name, "alone.")) != {}, name


def _commands() -> list[list[str]]:
    """Arguments of `tapeflow run` on each machine, as the README has them."""
    port = ports.choose("flow", 0, None, ())
    found = re.findall(r"^tapeflow run (market --process \d --addresses \S+) +# on (\S+)$", _README, re.MULTILINE)
    assert [host for _, host in found] == list(_HOSTS)
    commands = []
    for command, _ in found:
        for host, address in _HOSTS.items():
            command = command.replace(f"{host}:2101", f"{address}:{port}")
        assert "host-" not in command
        commands.append(command.split())
    return commands


def _on_all(settings: Settings) -> None:
    """Every broker leads some partitions, and has a copy of all; soon after they are made."""
    admin, name = AdminClient(settings.kafka()), settings.topic("market.ticks")
    until("every partition has a leader", lambda: len(_leaders(admin, name)) == len(_BROKERS))
    partitions = admin.list_topics(name, timeout=30).topics[name].partitions
    assert all(sorted(one.replicas) == [1, 2] for one in partitions.values())


def _leaders(admin: AdminClient, name: str) -> set[int]:
    found = {one.leader for one in admin.list_topics(name, timeout=30).topics[name].partitions.values()}
    return found - {-1}
