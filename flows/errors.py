"""Every error that Tapeflow itself raises. A message says what is wrong, where, and what to do next."""


class TapeflowError(Exception):
    """What the command line prints as one line, without a traceback, before it exits with code 1."""


class LogError(TapeflowError):
    """The log cannot be used."""


class LogConfigError(LogError):
    """A setting of the Kafka client cannot be used."""


class LogReadError(LogError):
    """Records cannot be read; names topic, partition and offset where one is to blame."""


class LogWriteError(LogError):
    """A record was lost or not acknowledged in time; nothing was written after it."""


class RegistryError(TapeflowError):
    """The external schema registry gave no ids."""


class NoSuchTopic(TapeflowError):
    """A topic that does not stand in schemas/topics.toml, or is not for this use."""


class StageError(TapeflowError):
    """A stage cannot do its work."""


class StageConfigError(StageError):
    """There is no such stage, or its configuration is not one."""


class StageRestoreError(StageError):
    """A saved state is of another stage or another configuration."""


class EngineInputError(TapeflowError):
    """A record that cannot stand where it is said to in a trading engine's topics; nothing of the call was taken."""

    def __init__(self, index: int, topic: str, partition: int, offset: int, problem: str) -> None:
        super().__init__(f"record {index}, {topic}[{partition}] offset {offset}: {problem}")
        self.index = index
        """Of the record, in what was given."""
        self.topic = topic
        self.partition = partition
        """As it was given: -1 for that of its key."""
        self.offset = offset
        """As it was given: -1 for the next."""
        self.problem = problem


class EngineBroken(StageError):
    """A trading engine in which a stage failed amid a record."""

    def __init__(self) -> None:
        super().__init__(
            "a stage failed amid a record, which is taken by half: restore a snapshot, or make a new engine"
        )


class BookError(TapeflowError):
    """A value that no order book has, or a question that it cannot answer."""


class MatchingConfigError(TapeflowError):
    """Terms on which no matching engine can trade."""


class BadBatchError(TapeflowError):
    """Bytes that are not a batch."""


class BadBars(TapeflowError):
    """Bars that cannot be aggregated, or terms on which none can."""

    def __init__(self, message: str, *, rule: str | None = None, index: int | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        """Name of the `flows.kernels.bar_fault.BarRule` that a row breaks; of `named_bars` the reason that the flow's
        dead letter would have, or what is wrong with a number; None where no row is to blame."""
        self.index = index
        """The row to blame, or None."""


class IndicatorError(TapeflowError):
    """An indicator cannot do what it is asked."""


class IndicatorParameterError(IndicatorError):
    """There is no such indicator, engine or parameter, or its value is outside the range."""


class IndicatorInputError(IndicatorError):
    """A row that the indicator's definition does not allow; nothing has changed."""

    def __init__(self, indicator: str, input_name: str, index: int | None, problem: str) -> None:
        place = input_name if index is None else f"{input_name}[{index}]"
        super().__init__(f"{indicator}: {place} {problem}")
        self.indicator = indicator
        self.input_name = input_name
        self.index = index
        """Row, from 0 in this call; None where the whole input is at fault."""


class IndicatorRestoreError(IndicatorError):
    """A snapshot that is none, or of another indicator or other parameters; nothing has changed."""


class FeatureStoreError(TapeflowError):
    """Features cannot be had as they were asked for."""


class NoFeatures(FeatureStoreError):
    """ClickHouse holds no such feature vectors, or not the ticks that say when they were known."""


class AmbiguousSeries(FeatureStoreError):
    """Several series of feature vectors are there, and the question names none of them."""


class MixedFeatures(FeatureStoreError):
    """Feature vectors that were asked for together were made by several configurations."""


class BadMoment(FeatureStoreError):
    """A moment or position that is none."""

    def __init__(self, problem: str, index: int | None = None) -> None:
        super().__init__(f"{'a moment' if index is None else f'moment {index}'} {problem}".replace(" : ", ": "))
        self.index = index
        """Of the moment, from 0; None where none alone is to blame."""
