"""Operator's commands -> the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from confluent_kafka import KafkaError, Producer
from confluent_kafka import Message as Delivered

from flows.contracts import codec
from flows.contracts.records import Control
from flows.contracts.registry import SchemaIds
from flows.errors import TapeflowError
from flows.stack.settings import Settings

_TOPIC = "risk.inbox"
_TIMEOUT_S = 15.0
_BY_KEY = -1


class CommandLost(TapeflowError):
    """The broker did not confirm a command: it may or may not be in the log."""

    def __init__(self, what: str, topic: str, reason: str) -> None:
        super().__init__(f"the broker did not confirm {what} ({reason}): look into {topic} before you repeat it")


@dataclass(frozen=True, slots=True)
class Message:
    """What an operator says, as it goes into the log."""

    topic: str
    """Without prefix."""
    partition: int
    """-1: by its key."""
    key: bytes
    value: bytes
    what: str
    """In words, for an error."""


def say(settings: Settings, ids: SchemaIds, commands: Iterable[Control]) -> None:
    """Writes commands in order and returns when the broker has confirmed them all.

    Raises CommandLost for the first that it has not, and NotRunning where there is no broker.
    """
    messages = [
        Message(
            _TOPIC,
            _BY_KEY,
            command.account.encode(),
            codec.encode(command, ids),
            f"{command.command.value} for account {command.account}",
        )
        for command in commands
    ]
    deliver(settings, messages)


def deliver(settings: Settings, messages: Iterable[Message]) -> None:
    """As `say`, for records of any kind."""
    # The Java client's partitioner, as everywhere: all of an account is in one partition.
    # log_level 0: what goes wrong reaches us as an error; librdkafka's own lines on stderr would only double it.
    properties = {"enable.idempotence": True, "partitioner": "murmur2_random", "message.timeout.ms": 10_000}
    producer = Producer({**settings.kafka(), **properties, "log_level": 0})
    unconfirmed: dict[int, Message] = dict(enumerate(messages))
    reasons: list[str] = []
    for number, message in list(unconfirmed.items()):

        def report(error: KafkaError | None, _message: Delivered, number: int = number) -> None:
            if error is None:
                del unconfirmed[number]
            else:
                reasons.append(error.str())

        producer.produce(
            settings.topic(message.topic), message.value, message.key, message.partition, on_delivery=report
        )
    producer.flush(_TIMEOUT_S)
    for message in unconfirmed.values():
        reason = reasons[0] if reasons else f"no answer within {_TIMEOUT_S:.0f} s"
        raise CommandLost(message.what, message.topic, reason)
