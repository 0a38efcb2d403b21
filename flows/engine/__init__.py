"""The whole chain in one process, without a broker: ticks in, bars to orders out (`docs/engine.md`)."""

from flows._native import Batch
from flows.engine.events import Event, Events
from flows.engine.trading_engine import TradingEngine, batch_of
from flows.errors import EngineBroken, EngineInputError

__all__ = ["Batch", "EngineBroken", "EngineInputError", "Event", "Events", "TradingEngine", "batch_of"]
