"""`explain`: an order, its chain, and the proof."""

from __future__ import annotations

from flows.connectors import schema_ids
from flows.connectors.log_lookup import LogLookup
from flows.explain import tick_finder
from flows.explain.chain_finder import complete
from flows.explain.explanation import Chain, Explanation
from flows.explain.hops import hops
from flows.explain.order_finder import find
from flows.explain.records_log import RecordsLog
from flows.explain.rederivation import Progress, Rederiver
from flows.explain.strategies import strategy_table
from flows.running.flow_options import FlowOptions

_BEFORE_NS = 5_000_000_000
_AFTER_NS = 2_000_000_000


def explain(order: str, options: FlowOptions, config: str, progress: Progress, *, with_market: bool) -> Explanation:
    """Finds the order and derives it again. `config` says which configuration `options` hold; `with_market` reads the
    ticks around it, for a picture.

    Raises CannotExplain, LogError, NotRunning."""
    ids = schema_ids.load()
    with LogLookup(options.services) as lookup:
        log = RecordsLog(lookup, ids)
        chain = complete(log, find(log, order))
        market = tick_finder.around(log, chain.signal, *_window(chain)) if with_market else []
    return Explanation(
        chain=chain,
        strategy=strategy_table(options.config, chain.order.record.strategy),
        hops=hops(chain),
        rederivation=Rederiver(options, config, ids, progress).rederive(chain),
        market=market,
    )


def _window(chain: Chain) -> tuple[int, int]:
    """What the picture shows: the market before the tick, and until a while after the last report."""
    tick_ns = chain.ticks.closing.record.receive_ns
    last_ns = max([tick_ns, *(report.record.receive_ns for report in chain.reports)])
    return tick_ns - _BEFORE_NS, last_ns + _AFTER_NS
