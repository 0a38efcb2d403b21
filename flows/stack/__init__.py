"""The embedded services: Kafka, ClickHouse and the schema registry, supervised by the process that starts them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.stack.stack import Stack

__all__ = ["Stack"]


def __getattr__(name: str) -> Any:
    """`Stack` is loaded when it is asked for: every flow imports this package for its settings."""
    if name in __all__:
        from flows.stack.stack import Stack

        return Stack
    raise AttributeError(f"module 'flows.stack' has no attribute {name!r}")
