"""Brings everything up, lets the market run, winds down, and says what came of it."""

from __future__ import annotations

import os
import time

from rich.console import Console

from flows.connectors import operator, schema_ids
from flows.connectors.log_ends import BrokerAway
from flows.demo import desk, folder, programs, summary
from flows.demo.fleet import Fleet
from flows.demo.listing import Listing, read_listing, read_playback
from flows.demo.options import Options
from flows.demo.screen import Screen, screen
from flows.demo.tally import Tallier, read_status
from flows.demo.wind_down import wind_down
from flows.stack import Stack, ports, tables, topics
from flows.stack.process import resident_bytes
from flows.stack.settings import Settings

# Each look costs ClickHouse two queries, and walks the pages of every process.
_POLL_S = 1.0
# Heartbeats come once a second, and bars close a second late: by then those of a second are closed.
_QUIET_S = 3.0


def run(options: Options, console: Console) -> bool:
    """Whether all of it held. Raises TapeflowError for what kept it from running."""
    folder.make_fresh(options.data_dir)
    with screen(console) as view, Stack(options.data_dir, report=view.say) as stack, Fleet(view.say) as fleet:
        settings = stack.settings
        topics.create(settings)
        tables.create(settings)
        fleet.start(programs.exchange(options, ports.choose("exchange", 0, None, ())))
        listing = read_listing(programs.exchange_address(options.data_dir))
        view.say(f"{listing.venue} on {listing.address}: {', '.join(listing.symbols)}")
        _open_desk(options, settings, listing, fleet)

        tallier = Tallier(settings)
        watched = _watch(options, listing, tallier, fleet, stack, view)
        wind_down(fleet, tallier, options.data_dir, view)
        result = summary.read(settings, watched, read_status(options.data_dir, "ingestor"), view)
        view.say("stopping")
    summary.show(result, console)
    return result.holds


def _open_desk(options: Options, settings: Settings, listing: Listing, fleet: Fleet) -> None:
    """Everything that listens first, the ingestor last: its subscription starts the market."""
    operator.say(settings, schema_ids.load(), desk.opening_commands(listing))
    config = options.data_dir / "state" / "tapeflow.toml"
    desk.write_config(config, listing)
    fleet.start(
        *(programs.flow(options, settings, name, config) for name in programs.FLOWS),
        programs.router(options, settings, listing),
    )
    fleet.start(programs.ingestor(options, settings, listing))


def _watch(
    options: Options, listing: Listing, tallier: Tallier, fleet: Fleet, stack: Stack, view: Screen
) -> summary.Watched:
    """Until the market is over: played to its end, or its time is up, or its exchange died."""
    start_s, ended_s = time.monotonic(), None
    sent_messages = most_bytes = 0
    limit_s = options.market_seconds
    while ended_s is None or time.monotonic() - ended_s < _QUIET_S:
        time.sleep(_POLL_S)
        most_bytes = max(most_bytes, fleet.resident_bytes() + _stack_bytes(stack))
        if fleet.restarts("exchange") or (limit_s is not None and time.monotonic() - start_s > limit_s):
            break
        try:
            view.show(tallier.read())
            playback = read_playback(listing.address)
        except (BrokerAway, OSError):
            # Something is being restarted: its supervisor says so.
            continue
        sent_messages = playback.sent_messages
        if playback.drained and ended_s is None:
            ended_s = time.monotonic()
    restarts = {name: fleet.restarts(name) for name in fleet.names() if fleet.restarts(name)}
    return summary.Watched(sent_messages, ended_s is not None, most_bytes, restarts)


def _stack_bytes(stack: Stack) -> int:
    """Resident memory of this process and of ClickHouse; the broker is not ours."""
    clickhouse = stack.settings.running.services.get("clickhouse")
    process = clickhouse.process if clickhouse else None
    return resident_bytes(os.getpid()) + (resident_bytes(process.pid) if process else 0)
