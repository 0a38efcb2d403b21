"""tapeflow.toml: what is wrong with it is said by file, line and key; what holds, by its origin."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flows.config import BadConfig, Config
from flows.desk import configuration, programs
from flows.desk.deployed import DeskError
from flows.desk.places import Places
from flows.desk.schema import SOURCES, TRADED
from flows.stack import process
from tests.desk.ticking import STRATEGY

WHOLE = (
    """\
[bars]
intervals_ns = [1_000_000_000, 60_000_000_000]

"""
    + STRATEGY
    + """\
[venues.binance]
symbols = ["BTCUSDT", "ETHUSDT"]

[groups]
pairs = ["BTC-USDT", "ETH-USDT"]

[[limits]]
account = "main"
venue = "binance"
instrument = "BTC-USDT"
max_position = "1"

[flows.market]
workers = 2

[flows.risk]

[router]
"""
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "tapeflow.toml"
    made.write_text(WHOLE)
    return made


def test_a_whole_file_is_well(file: Path) -> None:
    assert configuration.problems(file) == []
    assert configuration.load(file).desired.flows["market"].workers == 2


def test_a_file_may_name_every_venue_that_the_ingestor_reads() -> None:
    words = [process.program("tapeflow-ingestor"), "--venue", "nowhere", "--symbols", "BTCUSDT"]
    refused = subprocess.run(words, capture_output=True, text=True, timeout=20)
    _, _, known = refused.stderr.partition("[possible values: ")
    assert sorted(known.partition("]")[0].split(", ")) == sorted(SOURCES)
    assert set(TRADED) < set(SOURCES)


@pytest.mark.parametrize("value", ["true", "false"])
def test_processors_are_kept_awake_if_the_file_says_so(file: Path, value: str) -> None:
    read = configuration.load(file, [f"flows.market.keep_awake={value}"])
    program = programs.make("market", "market", read, Places(file.parent))
    assert ("--keep-awake" in program.arguments) == (value == "true")


def test_every_venue_has_an_ingestor_and_those_that_take_orders_a_router(file: Path) -> None:
    file.write_text(
        WHOLE + '[venues.kraken_v2]\nsymbols = ["BTC/USD"]\n[venues.okx]\nsymbols = ["BTC-USDT"]\nredundant = true\n'
    )
    read = configuration.load(file)
    places = Places(file.parent)
    ingestors = [name for name in programs.wanted(read) if name.startswith("ingestor-")]
    assert ingestors == ["ingestor-binance", "ingestor-kraken_v2", "ingestor-okx"]
    arguments = " ".join(programs.make("ingestor-okx", "ingestor", read, places).arguments)
    assert arguments.startswith(
        "--venue okx --symbols BTC-USDT --group pairs=BTC-USDT,ETH-USDT --redundant --linger-us 0 "
    )
    router = programs.make("router", "router", read, places).arguments
    assert [router[at + 1] for at, word in enumerate(router) if word == "--venue"] == ["binance"]


def test_what_comes_in_is_kept_and_told_where_the_file_says_and_never_kept_without_a_bound(file: Path) -> None:
    arguments = programs.make("ingestor-binance", "ingestor", configuration.load(file), Places(file.parent)).arguments
    assert not {"--tick-files", "--broadcast-listen", "--zmq-bind"} & set(arguments)
    # Without a frame log, a crash would lose what is received and not yet written.
    assert f"--frames {file.parent}/frames/binance --frames-keep 20GiB" in " ".join(arguments)
    read = configuration.load(file, ["venues.binance.keep_frames=false"])
    without = programs.make("ingestor-binance", "ingestor", read, Places(file.parent)).arguments
    assert "--frames" not in without
    asked = (
        "frames=kept/binance",
        "frames_keep_for=7d",
        "tick_files=ticks/binance",
        "tick_files_keep=5GiB",
        "broadcast_listen=127.0.0.1:9301",
        "zmq_bind=tcp://127.0.0.1:9302",
    )
    read = configuration.load(file, [f"venues.binance.{one}" for one in asked])
    arguments = programs.make("ingestor-binance", "ingestor", read, Places(file.parent)).arguments
    said = " ".join(arguments)
    assert f"--frames {file.parent}/kept/binance --frames-keep 20GiB --frames-keep-for 7d" in said
    assert f"--tick-files {file.parent}/ticks/binance --tick-files-keep 5GiB" in said
    assert "--broadcast-listen 127.0.0.1:9301 --zmq-bind tcp://127.0.0.1:9302" in said
    # As the program itself understands it: it gets as far as its broker.
    words = [process.program("tapeflow-ingestor"), *arguments, "--bootstrap-servers", ""]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20)
    assert "TAPEFLOW_BOOTSTRAP_SERVERS" in done.stderr, done.stderr
    # A folder that is not named is the desk's own, and as little shared.
    read = configuration.load(file, ["venues.binance.tick_files=frames/binance"])
    with pytest.raises(DeskError, match=r"tick_files \(.*/frames/binance\): venues.binance.frames is kept there"):
        programs.make("ingestor-binance", "ingestor", read, Places(file.parent))


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("workers = 2", "wrokers = 2", 26, "flows.market.wrokers: is no key of it: did you mean workers?"),
        (
            "workers = 2",
            'processes = 2\nmetrics_listen = "127.0.0.1:8"\n[exchange]\nlisten = "127.0.0.1:9"',
            29,
            "exchange.listen: 127.0.0.1:9 is flows.market.metrics_listen already",
        ),
        ("workers = 2", 'workers = "2"', 26, "flows.market.workers: input should be a valid integer, not '2'"),
        ("[flows.risk]", "[flows.rsik]", 28, "flows.rsik: there is no flow rsik"),
        ("[flows.risk]", "[flows.bars]", 28, "flows.bars: market holds it already"),
        ("[router]", "[ruoter]", 30, "ruoter: is no key of it: did you mean router?"),
        (
            "[venues.binance]",
            "[venues.binanse]",
            13,
            "venues.binanse: 'binanse' is none of binance, binance_usdm, binance_coinm",
        ),
        ('"ETHUSDT"]', '"BTCUSDT"]', 14, "venues.binance.symbols.1: BTCUSDT stands there twice"),
        (
            '"ETHUSDT"]',
            '"ETHUSDT"]\nframes_keep = "20"',
            15,
            "venues.binance.frames_keep: '20' is not written as it must",
        ),
        (
            '"ETHUSDT"]',
            '"ETHUSDT"]\nkeep_frames = false\nframes_keep_for = "7d"',
            16,
            "venues.binance.frames_keep_for: does nothing with keep_frames = false",
        ),
        (
            '"ETHUSDT"]',
            '"ETHUSDT"]\ntick_files_keep = "7GiB"',
            15,
            "venues.binance.tick_files_keep: does nothing without tick_files",
        ),
        (
            '"ETHUSDT"]',
            '"ETHUSDT"]\nframes = "kept"\n[venues.okx]\nsymbols = ["BTC-USDT"]\nframes = "./kept"',
            18,
            "venues.okx.frames: venues.binance.frames is kept there",
        ),
        (
            '"ETHUSDT"]',
            '"ETHUSDT"]\nframes = "kept"\ntick_files = "kept"',
            16,
            "venues.binance.tick_files: venues.binance.frames is kept there",
        ),
        (
            '"ETHUSDT"]',
            '"ETHUSDT"]\nbroadcast_listen = "127.0.0.1:9"\nzmq_bind = "tcp://127.0.0.1:9"',
            16,
            "venues.binance.zmq_bind: 127.0.0.1:9 is venues.binance.broadcast_listen already",
        ),
        ("workers = 2", "process = 1", 25, "flows.market: process and addresses go together"),
        (
            "workers = 2",
            'process = 2\naddresses = ["host-a:2101", "host-b:2101"]',
            27,
            "flows.market.addresses: there is no process 2: --addresses names 0 to 1",
        ),
        ('max_position = "1"', "max_position = 1", 23, "limits.0.max_position: input should be a valid string"),
        (
            'max_position = "1"',
            'max_positoin = "1"',
            23,
            "limits.0.max_positoin: is no key of it: did you mean max_posi",
        ),
        ("interval_ns = 1_", "interval_ns = 2_", 10, "strategies.0.interval_ns: no bars of 2000000000 ns are made"),
        ('quantity = "0.01"', 'quantity = "0"', 11, "strategies.0.quantity: is not a positive decimal"),
        ('kind = "ema_cross"', 'kind = "ema"', 6, "strategies.0.kind: is none of ema_cross, rsi_reversion"),
        ('name = "fast"\n', "", 4, "strategies.0.name: is missing"),
        (
            'venue = "binance"',
            'venue = "binance_coinm"',
            8,
            "strategies.0.venue: binance_coinm is read only, no order is sent there; name binance or binance_usdm",
        ),
        (
            "[[limits]]",
            '[[features.own]]\nname = "trend"\nindicator = "adxx"\n[[limits]]',
            19,
            "features.own: trend: indicator: there is no adxx: did you mean adx?",
        ),
        ("[1_000_000_000, 60", "[60_000_000_000, 60", 2, "bars.intervals_ns: needs lengths up to a year, ascending"),
    ],
)
def test_what_is_wrong_is_said_by_line_and_key(file: Path, right: str, wrong: str, line: int, said: str) -> None:
    assert right in WHOLE
    file.write_text(WHOLE.replace(right, wrong, 1))
    assert any(found.startswith(f"{file}:{line}: {said}") for found in configuration.problems(file)), (
        configuration.problems(file)
    )
    with pytest.raises(BadConfig):
        configuration.load(file)


def test_no_toml_and_no_file(tmp_path: Path) -> None:
    file = tmp_path / "tapeflow.toml"
    file.write_text("[flows\n")
    with pytest.raises(BadConfig, match=r"is not TOML: .*line 1"):
        configuration.load(file)
    with pytest.raises(BadConfig, match="No such file"):
        configuration.load(tmp_path / "none.toml")


def test_every_value_says_where_it_is_from(file: Path) -> None:
    read = configuration.load(file, ["flows.market.workers=3", "strategies.0.quantity=0.5", "features.rsi=7"])
    found = {key: (value, origin) for key, value, origin in read.values()}
    assert found["flows.market.workers"] == (3, "--set flows.market.workers=3")
    # A text stays one: the shell has taken its quotes off.
    assert found["strategies.0.quantity"] == ("0.5", "--set strategies.0.quantity=0.5")
    assert found["features.rsi"] == (7, "--set features.rsi=7")
    assert found["features.ema_fast"] == (12, "default")
    assert found["strategies.0.name"] == ("fast", f"{file}:5")
    assert found["flows.market.processes"] == (1, "default")
    assert found["groups.pairs"] == (["BTC-USDT", "ETH-USDT"], f"{file}:17")


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("flows.market.workers", "is not of the form key=value"),
        (
            "flows.market.workers=none",
            "--set flows.market.workers=none: flows.market.workers: input should be a valid int",
        ),
        ("strategies.7.quantity=1", "there is no strategies.7 to set it in"),
        ("flows.none.workers=1", "--set flows.none.workers=1: flows.none: there is no flow none"),
    ],
)
def test_a_wrong_set_is_named(file: Path, pair: str, said: str) -> None:
    with pytest.raises(BadConfig, match=said.replace("[", r"\[")):
        configuration.load(file, [pair])


def test_the_stages_take_the_same_from_it(file: Path) -> None:
    """`tapeflow run --config` reads the same file, without the desk's checks."""
    assert configuration.load(file).stages.stages == Config.load(file).stages
