"""How dataflows are put together: a topic, a chain of stages, and a sink for what they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.outputs import Sink

from flows.connectors.kafka_log import KafkaLog
from flows.connectors.kafka_sink import KafkaSink
from flows.connectors.kafka_source import KafkaSource
from flows.rollout import switched_chain
from flows.running import chain
from flows.running.chain import Chain, Outputs
from flows.running.flow import Flow
from flows.running.flow_options import FlowOptions
from flows.running.progress import Progress
from flows.running.staged_source import StagedSource
from flows.stretch import Stretch

MakeSink = Callable[[Progress], Sink[tuple[str, Outputs]]]
"""A sink that tells the progress what it has written."""


class Wiring:
    """A flow with its source, its stages and its sink. `FlowOptions` say from where, to where, and by which engine."""

    def __init__(
        self, flow: Flow, options: FlowOptions, stretch: Stretch | None = None, sink: MakeSink | None = None
    ) -> None:
        """Connects to nothing yet, save to ask whether there are partitions for several processes. With a `stretch` it
        ends with it, and only what that made goes to the sink, which is the log if no other is given.

        Raises BadCluster.
        """
        self.flow = Dataflow(flow.name)
        self.made: Counter[str] = Counter()
        """Records of the stretch by topic."""
        source_log = KafkaLog(options.services.bootstrap_servers, options.input_prefix)
        sink_log = KafkaLog(options.services.bootstrap_servers, options.written_prefix)
        self.progress = Progress(flow.topic, sink_log.unacknowledged, flow.stages)
        ends = {partition: end for partition, (_, end) in stretch.offsets.items()} if stretch else None
        if options.cluster.processes > 1:
            options.cluster.share_out(flow.topic, source_log.partitions(flow.topic))
        source = KafkaSource(
            source_log,
            flow.topic,
            self.progress,
            options.stop,
            until_end=options.until_end,
            ends=ends,
            is_ours=options.cluster.has,
            is_alone=options.cluster.processes == 1,
        )

        def make() -> Chain:
            # What is asked again of the past is asked of the engines that are named, whatever the log says of engines.
            made = chain.make if stretch else switched_chain.make
            return made(flow.stages, options, sink_log.partition_counts)

        staged = StagedSource(source, make, self.progress, stretch, self.made, options)
        outputs = op.input("log-in", self.flow, staged)
        written = {stage: chain.written_by(stage) for stage in flow.stages}
        to_log = KafkaSink(sink_log, written, source, self.progress)
        op.output("log-out", outputs, sink(self.progress) if sink else to_log)
