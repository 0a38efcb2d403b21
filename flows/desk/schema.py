"""Every table and key of `tapeflow.toml`, with its default. What the stages compute has its defaults in
`flows/defaults.toml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from flows.contracts.venues import SourceName

Text = Annotated[str, StringConstraints(min_length=1)]
Positive = Annotated[int, Field(gt=0)]
Duration = Annotated[str, StringConstraints(pattern=r"^\d+(ms|s|m|h)$")]
"""As in 500ms, 20s, 5m."""
Age = Annotated[str, StringConstraints(pattern=r"^\d+(s|m|h|d|w)$")]
"""As in 12h, 7d."""
Size = Annotated[str, StringConstraints(pattern=r"^[1-9]\d*(K|M|G|T)i?B$")]
"""As in 20GiB; powers of 1024."""
Decimal = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)?$")]
"""As text, because a float would round."""
StreamUrl = Annotated[str, StringConstraints(pattern=r"^(wss?|https?|udp)://.+")]
"""No file: a desk starts its programs again and again, and each start would read it anew."""
HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://.+")]
Address = Annotated[str, StringConstraints(pattern=r"^127\.0\.0\.1:\d+$")]
"""Loopback alone."""
ZmqAddress = Annotated[str, StringConstraints(pattern=r"^tcp://127\.0\.0\.1:\d+$")]
VenueName = Literal["binance", "binance_usdm"]
"""Venues that orders are sent to."""
TRADED: tuple[VenueName, ...] = get_args(VenueName)
SOURCES: tuple[SourceName, ...] = get_args(SourceName)
"""Venues that the ingestor listens to. Where quantities count contracts there is no trading: those of strategies,
limits and positions are of the base currency."""
EngineName = Literal["rust", "python"]
StageName = Literal["bars", "features", "signals", "risk"]


class Table(BaseModel):
    """Strict: a text is no number, and what no key names is an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Series(Table):
    """Bars that something else than time ends."""

    name: Text
    """What ends them: volume:10, renko:25, tick_imbalance:1000:20."""
    venue: Text = "*"
    instrument: Text = "*"


class Sessions(Table):
    """When a market is open, for bars by its sessions."""

    name: Text
    """As series name it: `time:1d:fx`."""
    timezone: Text = "UTC0"
    """The rule of its clock, as POSIX writes it: EST5EDT,M3.2.0,M11.1.0."""
    open: Text
    close: Text
    """On the next day, where it is not behind the open."""
    days: list[Text] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    """On which one begins."""
    closed: list[Text] = []
    """Dates on which none begins: 2026-12-25."""
    early_closes: list[Text] = []
    """Half days: the date on which one begins, and the clock at which it ends: 2026-11-27 13:00."""


class Bars(Table):
    intervals_ns: Annotated[list[Positive], Field(min_length=1)]
    lateness_ns: Annotated[int, Field(ge=0)]
    sessions: list[Sessions] = []
    series: list[Series] = []
    depth_levels: Annotated[int, Field(ge=0, le=10_000)] = 0


class FeatureLimit(Table):
    feature: Text
    low: str = ""
    high: str = ""


class OwnFeature(Table):
    """A feature of your own: an indicator over the bars of each series (docs/features.md)."""

    name: Text
    indicator: Text
    """One of docs/indicators.md."""
    inputs: list[Text] = []
    """Of a bar; those of the indicator's own names where there are none."""
    parameters: dict[str, Any] = {}
    """Whole numbers, and decimals as texts."""
    output: str = ""
    """Of several, which one."""
    low: str = ""
    high: str = ""
    description: str = ""


class Features(Table):
    ema_fast: Positive
    ema_slow: Positive
    rsi: Positive
    volatility: Positive
    return_short: Positive
    return_medium: Positive
    return_long: Positive
    kyle_lambda: Positive
    vpin: Positive
    sign_autocorrelation: Positive
    season_slots: Positive
    season_days: Positive
    stale_ns: Positive
    limits: list[FeatureLimit] = []
    own: list[OwnFeature] = []


class Strategy(Table):
    name: Text
    kind: Text
    account: Text
    venue: VenueName
    instrument: Text
    interval_ns: Positive | None = None
    series: Text | None = None
    """One of `bars.series`, in place of an interval."""
    quantity: Decimal
    parameters: dict[str, Any] = {}
    version: str = ""
    """Another one unmutes it: say it when the code is mended."""


class Venue(Table):
    """What the ingestor listens to; the key is the venue's name."""

    symbols: Annotated[list[Text], Field(min_length=1)]
    """As the venue writes them: BTCUSDT, BTCUSD_PERP, BTC-USD, XBT/USD, EUR_USD."""
    stream_url: StreamUrl | None = None
    """Several with commas: a lost connection goes on at the next one. Where it comes by datagrams, udp://address:port."""
    rest_url: HttpUrl | None = None
    account: Text | None = None
    """At a venue that shows prices to accounts only."""
    token_file: Text | None = None
    """Its token in the first line; else TAPEFLOW_VENUE_TOKEN."""
    redundant: bool = False
    """Each connection twice: what either brings is taken once. For venues that number all they send."""
    stale_after: Duration | None = None
    """Without any frame it connects again; what the venue's heartbeats make sense of if it is not said."""
    linger_us: Annotated[int, Field(ge=0)] = 0
    metrics_listen: Address | None = None
    keep_frames: bool = True
    """A frame log of its own: without one a crash loses what was received and not yet written (docs/journal.md)."""
    frames: Text | None = None
    """Folder for it, from where the configuration file is. None: frames/NAME in the desk's data folder."""
    frames_keep: Size = "20GiB"
    """The oldest go when all take more, but for what the next start needs: while the broker is away, more is kept."""
    frames_keep_for: Age | None = None
    """Older ones go, too."""
    tick_files: Text | None = None
    """Folder for its best prices as files that flows.journal reads, from where the configuration file is."""
    tick_files_keep: Size = "20GiB"
    tick_files_keep_for: Age | None = None
    broadcast_listen: Address | None = None
    """Where others hear by WebSocket what it writes (docs/broadcast.md)."""
    zmq_bind: ZmqAddress | None = None


FRAMES = "frames"
KEPT = (FRAMES, "tick_files")
"""Of a venue: each is a folder, and has its `_keep` and `_keep_for`."""


class Instrument(Table):
    """Units of an instrument that the log does not hold yet; others have 1e-9."""

    venue: SourceName
    symbol: Text
    price_exponent: int
    quantity_exponent: int


class Limits(Table):
    """One instrument of one account at one venue. A limit that is left out lets nothing through."""

    account: Text
    venue: VenueName
    instrument: Text
    max_order_quantity: Decimal | None = None
    max_position: Decimal | None = None
    max_order_notional: Decimal | None = None
    max_gross_notional: Decimal | None = None
    max_price_age_s: Annotated[float, Field(gt=0, strict=False)] | None = None


class Engines(Table):
    """What runs a stage until the log says otherwise."""

    bars: EngineName = "rust"
    features: EngineName = "rust"
    signals: EngineName = "rust"
    risk: EngineName = "rust"


class Flow(Table):
    """A flow that shall run; the key is bars, features, signals, market, risk or audit, or a name for your own."""

    file: Text | None = None
    """Of your own: `path/to/flow.py[:name]` or `path/to/package[:name]`, from where the configuration file is."""
    workers: Positive = 1
    """Threads that share out the partitions."""
    processes: Positive = 1
    """All on this machine."""
    process: Annotated[int, Field(ge=0)] | None = None
    """On several machines: which of the flow's processes this desk runs."""
    addresses: Annotated[list[Text], Field(min_length=2)] = []
    """On several machines: where each of them listens for the others, host:port; the same in every machine's file."""
    output_prefix: Text | None = None
    metrics_listen: Address | None = None
    """Where it serves metrics for Prometheus; of several processes, each by the next port."""
    keep_awake: bool = False
    """No idle processor of this machine sleeps while it runs: faster orders, for power. Needs root."""
    flush_ms: Positive = 500
    """audit: how long a record may wait for company before it lands."""


class Router(Table):
    """Stands there if orders shall be sent."""

    venues: Annotated[list[VenueName], Field(min_length=1)] | None = None
    """Those of [venues] that it trades at; all that take orders if none is named."""
    key_file: Text | None = None
    """API key in its first line, secret in its second; else TAPEFLOW_VENUE_KEY and TAPEFLOW_VENUE_SECRET."""
    order_deadline: Duration = "10s"
    recv_window: Duration = "3s"
    settle: Duration = "2s"
    request_timeout: Duration = "2s"
    requests_max: Positive = 64
    metrics_listen: Address | None = None


class Exchange(Table):
    """A simulated exchange on this machine: it plays captures, or a market made from a seed."""

    venue: VenueName = "binance"
    listen: Address
    symbols: Annotated[list[Text], Field(min_length=1)] = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    seed: int = 1
    captures: list[Text] = []
    speed: Annotated[str, StringConstraints(pattern=r"^(max|\d+(\.\d+)?)$")] = "1"
    start: Literal["on-subscribe", "immediately"] = "on-subscribe"
    start_time: Text = "now"
    metrics_listen: Address | None = None


class Desired(Table):
    """The whole file."""

    bars: Bars
    features: Features
    signals: dict[str, Any] = {}
    risk: dict[str, Any] = {}
    strategies: list[Strategy]
    engines: Engines = Engines()
    venues: dict[SourceName, Venue] = {}
    instruments: list[Instrument] = []
    groups: dict[Text, Annotated[list[Text], Field(min_length=1)]] = {}
    limits: list[Limits] = []
    exchange: Exchange | None = None
    flows: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")], Flow] = {}
    router: Router | None = None
