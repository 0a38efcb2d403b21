"""The programs of a configuration, as they are deployed: their command lines, in the order in which they start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from flows.config import STAGES
from flows.desk.configuration import Configuration
from flows.desk.deployed import DeskError, Program
from flows.desk.layers import dotted
from flows.desk.meaning import AUDIT, RESERVED, kept_twice
from flows.desk.places import Places
from flows.desk.schema import FRAMES, KEPT, TRADED, Flow, Venue
from flows.running.chain import written_by
from flows.running.flow import OURS, is_own, named

STACK, EXCHANGE, ROUTER, INGESTOR = "stack", "exchange", "router", "ingestor"
INGESTOR_OF = f"{INGESTOR}-"


def order(name: str) -> tuple[int, str]:
    """Sorts programs as they start: whoever listens first, the ingestor, whose subscription starts a market, last."""
    ranks = (STACK, EXCHANGE, AUDIT)
    rank = ranks.index(name) if name in ranks else len(ranks)
    if name == ROUTER:
        rank = len(ranks) + 1
    return (len(ranks) + 2 if name.startswith(INGESTOR_OF) else rank), name


def wanted(configuration: Configuration) -> list[str]:
    """All that the file wants, in order; the stack left out."""
    desired = configuration.desired
    names = [*desired.flows, *(f"{INGESTOR_OF}{venue}" for venue in desired.venues)]
    names += [EXCHANGE] if desired.exchange else []
    names += [ROUTER] if desired.router else []
    return sorted(names, key=order)


def chosen(word: str, configuration: Configuration) -> list[str]:
    """What is deployed by a word of the command line: a name, `ingestor` for all venues', or one's own flow's file or
    package.

    Raises DeskError.
    """
    if word == INGESTOR:
        names = [name for name in wanted(configuration) if name.startswith(INGESTOR_OF)]
        if not names:
            raise DeskError(f"{_file(configuration)} has no [venues.NAME] for an ingestor to listen to")
        return names
    if is_own(word):
        if (name := name_of(word)) in (*OURS, AUDIT, *RESERVED):
            raise DeskError(f"{word} would be deployed as {name}, which is a program of Tapeflow's: rename it")
        if not re.fullmatch("[a-z0-9_-]+", name):
            raise DeskError(f"{word} would be deployed as {name!r}: name it with a-z, 0-9, _ and - alone")
        return [name]
    known = [*wanted(configuration), *OURS, AUDIT, STACK]
    if word in known:
        return [word]
    if word in (EXCHANGE, ROUTER):
        raise DeskError(f"{_file(configuration)} has no [{word}] that says what to start")
    raise DeskError(
        f"there is no flow {word}: there are {', '.join(dict.fromkeys(known))}, a path/to/flow.py or ./package"
    )


def make(name: str, word: str, configuration: Configuration, places: Places) -> Program:
    """`word`: what it was asked for by. Raises DeskError."""
    folder = str((configuration.file.parent if configuration.file else Path()).absolute())
    sets = list(configuration.sets)
    if name == STACK:
        return Program(name, STACK, folder=folder)
    if name == EXCHANGE:
        return Program(name, "tapeflow-exchange", _exchange(configuration, places), sets=sets, folder=folder)
    if name == ROUTER:
        return Program(name, "tapeflow-router", _router(configuration, places), sets=sets, folder=folder)
    if name.startswith(INGESTOR_OF):
        venue = name.removeprefix(INGESTOR_OF)
        return Program(name, "tapeflow-ingestor", _ingestor(venue, configuration, places), sets=sets, folder=folder)
    flow = configuration.desired.flows.get(name, Flow())
    said = _absolute(flow.file, folder) if flow.file else _absolute(word, ".") if word != name else name
    arguments = _flow(name, said, flow, configuration, places)
    return Program(name, "tapeflow", arguments, sets=sets, flow=said, folder=folder)


def _flow(name: str, said: str, flow: Flow, configuration: Configuration, places: Places) -> list[str]:
    arguments = ["run", said, "--data-dir", str(places.data_dir), "--status-file", str(places.status(name))]
    arguments += _metrics(flow.metrics_listen)
    arguments += ["--keep-awake"] if flow.keep_awake else []
    if name == AUDIT:
        return [*arguments, "--flush-ms", str(flow.flush_ms)]
    arguments += ["--config", str(places.config(name)), "--workers", str(flow.workers)]
    if flow.processes > 1:
        arguments += ["--processes", str(flow.processes)]
    if flow.addresses:
        arguments += ["--process", str(flow.process), "--addresses", ",".join(flow.addresses)]
    for stage in named(name).stages if name in OURS else STAGES:
        arguments += ["--stage-engine", f"{stage}={getattr(configuration.desired.engines, stage)}"]
    return [*arguments, "--output-prefix", flow.output_prefix] if flow.output_prefix else arguments


def _ingestor(venue: str, configuration: Configuration, places: Places) -> list[str]:
    desired = configuration.desired
    asked: Venue = desired.venues[venue]  # type: ignore[index]
    arguments = ["--venue", venue, "--symbols", ",".join(asked.symbols)]
    arguments += ["--stream-url", asked.stream_url] if asked.stream_url else []
    arguments += ["--rest-url", asked.rest_url] if asked.rest_url else []
    for one in desired.instruments:
        if one.venue == venue:
            arguments += ["--exponents", f"{one.symbol}={one.price_exponent},{one.quantity_exponent}"]
    for group, instruments in desired.groups.items():
        arguments += ["--group", f"{group}={','.join(instruments)}"]
    arguments += ["--account", asked.account] if asked.account else []
    if asked.token_file:
        arguments += ["--token-file", _beside(configuration, asked.token_file)]
    arguments += ["--redundant"] if asked.redundant else []
    arguments += ["--stale-after", asked.stale_after] if asked.stale_after else []
    arguments += ["--linger-us", str(asked.linger_us)]
    _check_folders(configuration, places)
    for kept in KEPT:
        if folder := _kept_at(venue, kept, configuration, places):
            option = f"--{kept.replace('_', '-')}"
            arguments += [option, folder, f"{option}-keep", getattr(asked, f"{kept}_keep")]
            keep_for = getattr(asked, f"{kept}_keep_for")
            arguments += [f"{option}-keep-for", keep_for] if keep_for else []
    arguments += ["--broadcast-listen", asked.broadcast_listen] if asked.broadcast_listen else []
    arguments += ["--zmq-bind", asked.zmq_bind] if asked.zmq_bind else []
    arguments += _metrics(asked.metrics_listen)
    return [*arguments, "--status-file", str(places.status(f"{INGESTOR_OF}{venue}"))]


def _kept_at(venue: str, kept: str, configuration: Configuration, places: Places) -> str | None:
    """The folder of what an ingestor keeps, if it does."""
    asked: Venue = configuration.desired.venues[venue]  # type: ignore[index]
    said = getattr(asked, kept)
    if kept == FRAMES and asked.keep_frames and said is None:
        return str(places.frames(venue).absolute())
    return _beside(configuration, said) if said else None


def _check_folders(configuration: Configuration, places: Places) -> None:
    """Folders that are not named in the file are the data folder's, which nobody knows before. Raises DeskError."""
    kept_by: dict[str, str] = {}
    for venue in configuration.desired.venues:
        for kept in KEPT:
            if folder := _kept_at(venue, kept, configuration, places):
                for problem in kept_twice(("venues", venue, kept), folder, kept_by):
                    raise DeskError(f"{_file(configuration)}: {dotted(problem.path)} ({folder}): {problem.reason}")


def _router(configuration: Configuration, places: Places) -> list[str]:
    desired = configuration.desired
    asked = desired.router
    if asked is None:
        raise DeskError(f"{_file(configuration)} has no [router] that says what to start")
    arguments = []
    for venue in asked.venues or [venue for venue in desired.venues if venue in TRADED]:
        url = desired.venues[venue].rest_url
        arguments += ["--venue", f"{venue}={url}" if url else venue]
    if asked.key_file:
        arguments += ["--key-file", _beside(configuration, asked.key_file)]
    for option in ("order_deadline", "recv_window", "settle", "request_timeout", "requests_max"):
        arguments += [f"--{option.replace('_', '-')}", str(getattr(asked, option))]
    return [*arguments, *_metrics(asked.metrics_listen), "--status-file", str(places.status(ROUTER))]


def _exchange(configuration: Configuration, places: Places) -> list[str]:
    asked = configuration.desired.exchange
    if asked is None:
        raise DeskError(f"{_file(configuration)} has no [exchange] that says what to start")
    arguments = ["--venue", asked.venue, "--listen", asked.listen, "--speed", asked.speed, "--start", asked.start]
    if asked.captures:
        arguments += _each("--capture", (_beside(configuration, capture) for capture in asked.captures))
    else:
        arguments += ["--symbols", ",".join(asked.symbols), "--seed", str(asked.seed)]
        arguments += ["--start-time", asked.start_time]
    return [*arguments, *_metrics(asked.metrics_listen), "--ready-file", str(places.exchange_address)]


def topics_written(flow: str) -> set[str]:
    """By one of our flows, without prefix; empty for others."""
    stages: Sequence[str] = named(flow).stages if flow in OURS else ()
    return {topic for stage in stages for topic in written_by(stage)} - {"ops.dead_letters"}


def name_of(word: str) -> str:
    """The name of the program that a flow is deployed as: `strategies/pairs.py` is pairs, and `pairs/flow.py` too, and
    the package `./pairs`."""
    if not is_own(word):
        return word
    place = Path(word.partition(":")[0]).resolve()
    return (place.parent.name if place.name == "flow.py" else place.stem).lower()


def _metrics(listen: str | None) -> list[str]:
    return ["--metrics-listen", listen] if listen else []


def _each(option: str, values: Iterable[str]) -> list[str]:
    return [word for value in values for word in (option, value)]


def _beside(configuration: Configuration, path: str) -> str:
    """From where the configuration file is."""
    return _absolute(path, str(configuration.file.parent if configuration.file else Path()))


def _absolute(path: str, folder: str) -> str:
    """`file.py[:name]` and any other path, from a folder."""
    return str((Path(folder) / path).absolute())


def _file(configuration: Configuration) -> str:
    return str(configuration.file or "the configuration (there is no tapeflow.toml here)")
