"""The order once more: both chains of stages over the log, from its beginning to the order's own origins."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from flows._native import Batch, PanicException
from flows.connectors.kafka_log import KafkaLog
from flows.connectors.partition_records import PartitionRecords
from flows.contracts.registry import SchemaIds
from flows.errors import TapeflowError
from flows.explain.errors import CannotExplain, StageCrashed
from flows.explain.explanation import Chain, Comparison, Link, Rederivation, Run
from flows.explain.first_difference import first_difference
from flows.explain.order_finder import INBOX
from flows.explain.readable import kind
from flows.explain.tick_finder import TICKS
from flows.running import chain as stages_chain
from flows.running.flow_options import FlowOptions

MARKET = ("bars", "features", "signals")
RISK = ("risk",)

Progress = Callable[[str, int, int], None]
"""Takes the flow, records done and records to do."""

_Made = dict[tuple[str, int, int, int], bytes]
"""Values by topic and origin."""


class Rederiver:
    """Runs stages over the log's own records."""

    def __init__(self, options: FlowOptions, config: str, ids: SchemaIds, progress: Progress) -> None:
        """`config`: what the configuration of `options` is called."""
        self._options = options
        self._config = config
        self._ids = ids
        self._progress = progress

    def rederive(self, chain: Chain) -> Rederivation:
        """Every record of the order's own way against what the stages make now. What keeps it from being made is the
        result's `reason`."""
        runs: list[Run] = []
        cause, origin = chain.signal.record.origin, chain.order.record.origin
        seen = [*chain.bars, *([chain.features] if chain.features else []), chain.signal]
        reason = None
        try:
            runs.append(self._run("market", MARKET, TICKS, cause.partition, cause.offset, seen))
            ours = [chain.decision, chain.order]
            runs.append(self._run("risk", RISK, INBOX, origin.partition, origin.offset, ours))
        except TapeflowError as error:
            reason = str(error)
        return Rederivation(self._options.engines, self._config, runs, reason)

    def _run(
        self, flow: str, stages: Sequence[str], topic: str, partition: int, offset: int, written: list[Link]
    ) -> Run:
        start_s = time.monotonic()
        records, made = self._made_of(flow, stages, topic, partition, offset)
        comparisons = []
        for link in written:
            origin = link.record.origin
            derived = made.get((link.entry.topic, origin.partition, origin.offset, origin.index))
            difference = first_difference(link.entry.value, derived, self._ids)
            comparisons.append(Comparison(kind(link.record), link.place, difference))
        place = f"{topic}[{partition}] 0 to {offset}"
        return Run(flow, place, records, time.monotonic() - start_s, comparisons)

    def _made_of(self, flow: str, stages: Sequence[str], topic: str, partition: int, offset: int) -> tuple[int, _Made]:
        """How many records were read, and what the stages make of the one at `offset`."""
        services = self._options.services
        counts = KafkaLog(services.bootstrap_servers, services.topic_prefix).partition_counts
        made = stages_chain.make(stages, self._options, counts)
        read = PartitionRecords(services, topic, partition, None, offset + 1)
        if read.next_offset > 0:
            raise CannotExplain(
                f"{topic}[{partition}] begins at offset {read.next_offset}, and a stage's state comes from all "
                "records: restore the topic from a backup to derive the order again"
            )
        records, found = 0, _Made()
        for batch in read.batches():
            records += len(batch)
            outputs = _process(made, batch, f"{topic}[{partition}]")
            self._progress(flow, records, offset + 1)
            if batch.last_offset >= offset:
                for _, output in outputs:
                    for name, _, _, _, value, origin, _ in output.entries():
                        if origin[1] == offset:
                            found[name, origin[0], origin[1], origin[2]] = value
        return records, found


def _process(made: stages_chain.Chain, batch: Batch, place: str) -> stages_chain.Outputs:
    """Whatever a user's own strategy raises, or a kernel panics with, is an answer to the question that was asked."""
    try:
        return made.process(batch)
    except TapeflowError:
        raise
    except (Exception, PanicException) as error:
        raise StageCrashed(place, batch.first_offset, batch.last_offset, error) from error
