"""What stages make -> files, one of each topic: Avro's container format, or Parquet."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import fastavro
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from flows.contracts import codec, registry
from flows.contracts.registry import SchemaIds
from flows.errors import TapeflowError
from flows.running.chain import Outputs
from flows.running.progress import Progress

FORMATS = ("avro", "parquet")
_ROWS = 10_000


class FileExists(TapeflowError):
    """A replay never writes over what is there."""


class FileSink(DynamicSink[tuple[str, Outputs]]):
    """`FOLDER/TOPIC.RECORD.avro` or `.parquet`: a file has records of one kind, as their schema says."""

    def __init__(self, folder: Path, format: str, ids: SchemaIds, progress: Progress) -> None:
        """Raises FileExists if the folder holds files of that format."""
        if folder.is_dir() and any(folder.glob(f"*.{format}")):
            raise FileExists(f"{folder} holds {format} files already: choose another folder, or remove them")
        folder.mkdir(parents=True, exist_ok=True)
        self._open = lambda name, subject: _WRITERS[format](folder / f"{name}.{format}", subject)
        self._ids = ids
        self._progress = progress

    def build(self, step_id: str, worker_index: int, worker_count: int) -> _Files:
        return _Files(self._open, self._ids, self._progress)


class _Files(StatelessSinkPartition[tuple[str, Outputs]]):
    def __init__(self, open: Callable[[str, str], _Writer], ids: SchemaIds, progress: Progress) -> None:
        self._open = open
        self._ids = ids
        self._progress = progress
        self._writers: dict[tuple[str, str], _Writer] = {}

    def write_batch(self, items: list[tuple[str, Outputs]]) -> None:
        for partition, outputs in items:
            for _, batch in outputs:
                for topic, _, _, _, value, _, _ in batch.entries():
                    self._writer(topic, codec.subject_of(value, self._ids)).write(value)
            self._progress.written(int(partition))

    def close(self) -> None:
        for writer in self._writers.values():
            writer.flush()
            writer.close()

    def _writer(self, topic: str, subject: str) -> _Writer:
        writer = self._writers.get((topic, subject))
        if writer is None:
            writer = self._writers[topic, subject] = self._open(f"{topic}.{subject.rpartition('.')[2]}", subject)
        return writer


class _Writer:
    """One file; records gather into blocks."""

    def __init__(self, subject: str) -> None:
        self.schema = fastavro.parse_schema(registry.schema(subject))
        self._rows: list[Any] = []

    def write(self, value: bytes) -> None:
        """A framed record."""
        body = io.BytesIO(value)
        body.seek(codec.HEADER_BYTES)
        self._rows.append(fastavro.schemaless_reader(body, self.schema, None))
        if len(self._rows) >= _ROWS:
            self.flush()

    def flush(self) -> None:
        rows, self._rows = self._rows, []
        self.append(rows)

    def append(self, rows: list[Any]) -> None:
        """As fastavro reads them."""
        raise NotImplementedError

    def close(self) -> None:
        """Behind the last block."""
        raise NotImplementedError


class _AvroWriter(_Writer):
    def __init__(self, path: Path, subject: str) -> None:
        super().__init__(subject)
        self._file: IO[bytes] = path.open("xb+")
        fastavro.writer(self._file, self.schema, [])

    def append(self, rows: list[Any]) -> None:
        # fastavro appends to a file that has a header.
        fastavro.writer(self._file, self.schema, rows)

    def close(self) -> None:
        self._file.close()


class _ParquetWriter(_Writer):
    def __init__(self, path: Path, subject: str) -> None:
        from pyarrow import parquet

        from flows.contracts import arrow

        super().__init__(subject)
        self._columns, self._row = arrow.table_of(subject)
        self._file = parquet.ParquetWriter(path, self._columns)

    def append(self, rows: list[Any]) -> None:
        import pyarrow

        self._file.write_table(pyarrow.Table.from_pylist(list(map(self._row, rows)), schema=self._columns))

    def close(self) -> None:
        self._file.close()


_WRITERS: dict[str, Callable[[Path, str], _Writer]] = {"avro": _AvroWriter, "parquet": _ParquetWriter}
