"""Apache Kafka's jar files, fetched once from Maven Central and kept with the virtual environment.

`make setup` fetches them; without it the first `tapeflow up` does.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.stack.errors import JarsMissing

KAFKA_VERSION = "4.3.0"
# Kafka brings the logging interface but no implementation; without one its log stays empty.
_COORDINATES = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-simple:1.7.36")
_DOWNLOADS_AT_ONCE = 8


def folder() -> Path:
    """Where the jars are, or will be: in the virtual environment, so that they go when it goes."""
    return Path(sys.prefix) / "share" / "tapeflow" / f"kafka-{KAFKA_VERSION}"


def ensure(progress: Callable[[str], None] = lambda _line: None) -> list[Path]:
    """The class path, fetched first if it is not here yet.

    Raises JarsMissing when it cannot be fetched or stored.
    """
    target = folder()
    if not target.is_dir():
        try:
            fetch(_COORDINATES, target, progress)
        # jgo raises what its XML parser, its HTTP library and it itself think of: all mean the same to the user.
        except Exception as error:
            raise JarsMissing(target, f"{type(error).__name__}: {error}".splitlines()[0]) from error
    return sorted(target.glob("*.jar"))


def fetch(coordinates: Sequence[str], target: Path, progress: Callable[[str], None]) -> None:
    """The jars of these and of what they need, from Maven Central.

    Downloads into a temporary folder beside the target, and renames: what is there is whole.
    """
    # Imported here: jgo and its HTTP library are not needed once the jars are here.
    from jgo.maven import MavenContext

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        context = MavenContext(repo_cache=Path(scratch) / "repository")
        progress(f"resolving {', '.join(coordinates)}")
        wanted = [context.create_dependency(coordinate) for coordinate in coordinates]
        for dependency in wanted:
            dependency.scope = "compile"
        inputs, transitive = context.resolver.resolve(wanted)
        artifacts = [
            dependency.artifact
            for dependency in [*inputs, *transitive]
            if dependency.scope in ("compile", "runtime") and dependency.type == "jar"
        ]
        jars = Path(scratch) / "jars"
        jars.mkdir()
        with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool:
            for done, path in enumerate(pool.map(lambda artifact: artifact.resolve(), artifacts), start=1):
                shutil.copyfile(path, jars / path.name)
                progress(f"[{done}/{len(artifacts)}] {path.name}")
        os.replace(jars, target)


def main() -> None:
    """What `make setup` runs."""
    try:
        ensure(lambda line: print(f"    {line}", flush=True))
    except JarsMissing as error:
        sys.exit(str(error))
