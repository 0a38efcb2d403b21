"""Operator's commands -> risk.inbox."""

from __future__ import annotations

from collections.abc import Iterable

from confluent_kafka import KafkaError, Message, Producer

from flows.contracts import codec
from flows.contracts.records import Control
from flows.contracts.registry import SchemaIds
from flows.errors import TapeflowError
from flows.stack.settings import Settings

_TOPIC = "risk.inbox"
_TIMEOUT_S = 15.0


class CommandLost(TapeflowError):
    """The broker did not confirm a command: it may or may not be in the log."""

    def __init__(self, command: str, account: str, reason: str) -> None:
        super().__init__(
            f"the broker did not confirm {command} for account {account} ({reason}): "
            "look into risk.inbox before you repeat it"
        )


def say(settings: Settings, ids: SchemaIds, commands: Iterable[Control]) -> None:
    """Writes commands in order and returns when the broker has confirmed them all.

    Raises CommandLost for the first that it has not, and NotRunning where there is no broker.
    """
    # The Java client's partitioner, as everywhere: all of an account is in one partition.
    # log_level 0: what goes wrong reaches us as an error; librdkafka's own lines on stderr would only double it.
    properties = {"enable.idempotence": True, "partitioner": "murmur2_random", "message.timeout.ms": 10_000}
    producer = Producer({**settings.kafka(), **properties, "log_level": 0})
    unconfirmed: dict[int, Control] = dict(enumerate(commands))
    reasons: list[str] = []
    for number, command in list(unconfirmed.items()):

        def report(error: KafkaError | None, _message: Message, number: int = number) -> None:
            if error is None:
                del unconfirmed[number]
            else:
                reasons.append(error.str())

        value = codec.encode(command, ids)
        producer.produce(settings.topic(_TOPIC), key=command.account.encode(), value=value, on_delivery=report)
    producer.flush(_TIMEOUT_S)
    for command in unconfirmed.values():
        reason = reasons[0] if reasons else f"no answer within {_TIMEOUT_S:.0f} s"
        raise CommandLost(command.command.value, command.account, reason)
