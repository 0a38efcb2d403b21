"""Tapeflow: ticks to risk-checked orders on a Kafka-style log, every order re-derivable from it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.tape_query import query, query_batches

__version__ = "0.1.0"
__all__ = ["query", "query_batches"]


def __getattr__(name: str) -> Any:
    """`flows.query` is loaded when it is asked for: every process of a flow imports this package."""
    if name in __all__:
        from flows import tape_query

        return getattr(tape_query, name)
    raise AttributeError(f"module 'flows' has no attribute {name!r}")
