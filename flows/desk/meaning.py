"""What a configuration must hold beyond the form of its keys: names name something, numbers go together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from flows.config import STAGES
from flows.desk.layers import dotted
from flows.desk.schema import FRAMES, KEPT, TRADED, Desired, Flow, Limits, Venue
from flows.desk.toml_lines import Path as KeyPath
from flows.errors import StageConfigError, TapeflowError
from flows.running.cluster import BadCluster, Cluster
from flows.running.flow import OURS

AUDIT = "audit"
# Names of processes that are no flows.
RESERVED = ("stack", "exchange", "ingestor", "router")


@dataclass(frozen=True)
class Problem:
    path: KeyPath
    reason: str
    """What is wrong, and what to do."""


def problems(desired: Desired) -> Iterator[Problem]:
    """Of a configuration whose form is right."""
    yield from _of_stages(desired)
    yield from _of_strategies(desired)
    yield from _of_venues(desired)
    yield from _of_folders(desired)
    yield from _of_flows(desired)
    yield from _of_limits(desired)
    yield from _of_addresses(desired)


def _of_stages(desired: Desired) -> Iterator[Problem]:
    """The kernels' own checks, made as the flows will make them."""
    from flows.contracts.registry import SchemaIds
    from flows.kernels.stage import Stage

    tables = desired.model_dump(include=set(STAGES))
    tables["signals"]["strategies"] = [one.model_dump(exclude_defaults=True) for one in desired.strategies]
    for stage in STAGES:
        try:
            Stage(stage, tables[stage], SchemaIds.embedded(), {})
        except StageConfigError as error:
            yield _of_stage(stage, str(error), desired)


def _of_stage(stage: str, said: str, desired: Desired) -> Problem:
    place, _, reason = said.removeprefix(f"stage {stage}: ").partition(": ")
    name, _, key = place.removeprefix("strategies.").partition(".")
    numbers = [number for number, strategy in enumerate(desired.strategies) if strategy.name == name]
    if place.startswith("strategies.") and numbers:
        # The last: of two with one name, that is the one too many.
        return Problem(("strategies", numbers[-1], *([key] if key else [])), reason)
    return Problem((stage, *place.split(".")) if reason else (stage,), reason or said)


def _of_strategies(desired: Desired) -> Iterator[Problem]:
    for number, strategy in enumerate(desired.strategies):
        if strategy.series is not None:
            if strategy.series not in (one.name for one in desired.bars.series):
                yield Problem(
                    ("strategies", number, "series"),
                    f"no bars {strategy.series} are made: no bars.series has that name",
                )
        elif strategy.interval_ns is not None and strategy.interval_ns not in desired.bars.intervals_ns:
            yield Problem(
                ("strategies", number, "interval_ns"),
                f"no bars of {strategy.interval_ns} ns are made: it is none of bars.intervals_ns",
            )
        if desired.venues and strategy.venue not in desired.venues:
            yield Problem(("strategies", number, "venue"), f"there is no [venues.{strategy.venue}] to trade at")


def _of_venues(desired: Desired) -> Iterator[Problem]:
    for number, instrument in enumerate(desired.instruments):
        venue = desired.venues.get(instrument.venue)
        if venue is None or instrument.symbol not in venue.symbols:
            yield Problem(
                ("instruments", number, "symbol"), f"{instrument.symbol} is not in venues.{instrument.venue}.symbols"
            )
    for name, venue in desired.venues.items():
        for number, symbol in enumerate(venue.symbols):
            if symbol in venue.symbols[:number]:
                yield Problem(("venues", name, "symbols", number), f"{symbol} stands there twice")
    group_of: dict[str, str] = {}
    for group, instruments in desired.groups.items():
        for number, instrument_name in enumerate(instruments):
            first = group_of.setdefault(instrument_name, group)
            if first != group:
                yield Problem(("groups", group, number), f"{instrument_name} is in group {first} already")
    if desired.router:
        if not set(desired.venues) & set(TRADED):
            yield Problem(("router",), f"there is no [venues.NAME] to trade at: {' or '.join(TRADED)}")
        for number, wanted in enumerate(desired.router.venues or ()):
            if wanted not in desired.venues:
                yield Problem(("router", "venues", number), f"there is no [venues.{wanted}]")


def _of_folders(desired: Desired) -> Iterator[Problem]:
    """What an ingestor keeps, each in a folder of its own."""
    kept_by: dict[str, str] = {}
    for name, venue in desired.venues.items():
        if not venue.keep_frames:
            for key in sorted(venue.model_fields_set & {FRAMES, f"{FRAMES}_keep", f"{FRAMES}_keep_for"}):
                yield Problem(("venues", name, key), "does nothing with keep_frames = false")
        for kept in KEPT:
            if folder := getattr(venue, kept):
                yield from kept_twice(("venues", name, kept), folder, kept_by)
            elif kept != FRAMES:
                for key in sorted(venue.model_fields_set & {f"{kept}_keep", f"{kept}_keep_for"}):
                    yield Problem(("venues", name, key), f"does nothing without {kept}, the folder that keeps them")


def kept_twice(path: KeyPath, folder: str, kept_by: dict[str, str]) -> Iterator[Problem]:
    """A problem if the folder is another's; notes who has it otherwise."""
    place = dotted(path)
    first = kept_by.setdefault(os.path.normpath(folder), place)
    if first != place:
        yield Problem(path, f"{first} is kept there: each needs a folder")


def _of_flows(desired: Desired) -> Iterator[Problem]:
    ours = (*OURS, AUDIT)
    for name, flow in desired.flows.items():
        if name in RESERVED or name.startswith("ingestor-"):
            yield Problem(("flows", name), f"{name} is the name of a process of Tapeflow's: choose another")
        elif flow.file and name in ours:
            yield Problem(("flows", name, "file"), f"{name} is a flow of Tapeflow's: give your own another name")
        elif not flow.file and name not in ours:
            yield Problem(("flows", name), f"there is no flow {name}: {', '.join(ours)}, or give it a file of your own")
        elif name == AUDIT:
            for key in flow.model_fields_set & {"workers", "processes", "process", "addresses", "output_prefix"}:
                yield Problem(("flows", name, key), "does nothing for audit: leave it out")
        elif bool(flow.addresses) != (flow.process is not None):
            yield Problem(("flows", name), "process and addresses go together, or neither of them: which of which")
        elif flow.addresses:
            yield from _of_member(name, flow)
        elif "flush_ms" in flow.model_fields_set:
            yield Problem(("flows", name, "flush_ms"), "is for audit alone: leave it out")
    for one in ("bars", "features", "signals"):
        if "market" in desired.flows and one in desired.flows:
            yield Problem(("flows", one), "market holds it already: both would write the same topic")


def _of_member(name: str, flow: Flow) -> Iterator[Problem]:
    if flow.processes > 1:
        yield Problem(("flows", name, "processes"), "is for one machine: on several, addresses has them all")
    try:
        Cluster.of(flow.process, flow.addresses)
    except BadCluster as error:
        yield Problem(("flows", name, "addresses"), str(error))


def _of_limits(desired: Desired) -> Iterator[Problem]:
    from flows.desk.limits import command

    seen: set[tuple[str, str, str]] = set()
    for number, limits in enumerate(desired.limits):
        place = _place(limits)
        if place in seen:
            yield Problem(("limits", number), f"{limits.instrument} of {limits.account} stands there twice")
        seen.add(place)
        try:
            command(limits)
        except TapeflowError as error:
            yield Problem(("limits", number), str(error))


def _of_addresses(desired: Desired) -> Iterator[Problem]:
    listening: list[tuple[KeyPath, str | None, int]] = [
        *(
            (("flows", name, "metrics_listen"), flow.metrics_listen, flow.processes)
            for name, flow in desired.flows.items()
        ),
        *(
            (("venues", name, key), address, 1)
            for name, venue in desired.venues.items()
            for key, address in _listening(venue)
        ),
        (("router", "metrics_listen"), desired.router.metrics_listen if desired.router else None, 1),
        (("exchange", "metrics_listen"), desired.exchange.metrics_listen if desired.exchange else None, 1),
        (("exchange", "listen"), desired.exchange.listen if desired.exchange else None, 1),
    ]
    first: dict[str, KeyPath] = {}
    for path, address, processes in listening:
        if address:
            host, _, port = address.rpartition(":")
            # Each process of a flow has the port behind that of the one before.
            for each in (f"{host}:{int(port) + number}" for number in range(processes)):
                if first.setdefault(each, path) != path:
                    yield Problem(path, f"{each} is {'.'.join(map(str, first[each]))} already")


def _listening(venue: Venue) -> Iterator[tuple[str, str | None]]:
    yield "metrics_listen", venue.metrics_listen
    yield "broadcast_listen", venue.broadcast_listen
    yield "zmq_bind", venue.zmq_bind.removeprefix("tcp://") if venue.zmq_bind else None


def _place(limits: Limits) -> tuple[str, str, str]:
    return limits.account, limits.venue, limits.instrument
