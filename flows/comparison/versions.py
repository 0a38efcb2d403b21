"""Other versions of Tapeflow, each in a folder of its own: a checkout, a git ref, a wheel."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import flows
from flows.errors import TapeflowError
from flows.running.flow import code_of

_HERE = Path(flows.__file__).parent
_BUILT_FROM = ("rust_ingest", "schemas", "pyproject.toml")
_BUILD_S = 3600


class NoVersion(TapeflowError):
    """There is no such version, or it cannot be made ready."""


@dataclass(frozen=True)
class Version:
    """`python` with `folder` first on its path imports that version's `flows`."""

    name: str
    folder: Path
    python: str = sys.executable


def installed() -> Version:
    """The one that runs here."""
    return Version("what is installed", _HERE.parent)


def of_own_flow(said: str, flow: str, cache: Path, progress: Callable[[str], None]) -> str:
    """A user's own flow as it was at a git ref of the repository where it lies, with all that lay beside it, made ready
    in `cache`, once. Raises NoVersion."""
    place, _, name = flow.partition(":")
    here = ("-C", str(Path(place).parent))
    commit = _git(*here, "rev-parse", "--verify", "--quiet", f"{said}^{{commit}}")
    if not commit:
        raise NoVersion(
            f"{said} is no file or package with a flow, no checkout of Tapeflow, no wheel, and no git ref of the "
            f"repository of {place}"
        )
    root = Path(_git(*here, "rev-parse", "--show-toplevel"))
    folder = cache / f"own-{commit[:16]}"
    if not folder.exists():
        progress(f"making {place} of {said} ({commit[:12]}) ready")
        _finished(folder, lambda fresh: _extract(root, commit, fresh))
    found = folder / Path(place).resolve().relative_to(root)
    if not code_of(str(found)):
        raise NoVersion(f"{place} was not there yet at {said}")
    return f"{found}:{name}" if name else str(found)


def find(said: str, cache: Path, progress: Callable[[str], None]) -> Version:
    """`path/to/checkout`, `path/to/some.whl`, or a git ref of the repository here; the last two are made ready in
    `cache`, once. Raises NoVersion."""
    path = Path(said)
    if path.suffix == ".whl" and path.is_file():
        return _of_wheel(path, cache, progress)
    if (path / "flows" / "__init__.py").is_file():
        return _of_checkout(path.resolve(), progress)
    commit = _git("rev-parse", "--verify", "--quiet", f"{said}^{{commit}}")
    if not commit:
        raise NoVersion(f"{said} is no checkout of Tapeflow, no wheel, and no git ref of the repository here")
    return _of_ref(said, commit, cache, progress)


def _of_checkout(folder: Path, progress: Callable[[str], None]) -> Version:
    python = folder / ".venv" / "bin" / "python"
    interpreter = str(python) if python.exists() else sys.executable
    if not any((folder / "flows").glob("_native*.so")):
        raise NoVersion(f"{folder} is not built: run `make setup` there first")
    return Version(str(folder), folder, interpreter)


def _of_wheel(wheel: Path, cache: Path, progress: Callable[[str], None]) -> Version:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()[:16]
    folder = cache / f"wheel-{digest}"
    if not folder.exists():
        progress(f"unpacking {wheel.name}")
        # Without its dependencies: they are the running version's own.
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
        _finished(folder, lambda fresh: _run([*command, str(fresh), str(wheel)]))
    return Version(wheel.name, folder)


def _of_ref(said: str, commit: str, cache: Path, progress: Callable[[str], None]) -> Version:
    folder = cache / f"git-{commit[:16]}"
    if not folder.exists():
        progress(f"making {said} ({commit[:12]}) ready")
        _finished(folder, lambda fresh: _check_out(commit, fresh, progress))
    return Version(f"{said} ({commit[:12]})", folder)


def _check_out(commit: str, folder: Path, progress: Callable[[str], None]) -> None:
    root = Path(_git("rev-parse", "--show-toplevel"))
    _extract(root, commit, folder)
    is_same = root == _HERE.parent and not _git("diff", "--name-only", commit, "--", *_BUILT_FROM)
    built = next(_HERE.glob("_native*.so"), None)
    if is_same and built:
        # The same Rust, the same contracts: what runs here is what would be built.
        shutil.copy2(built, folder / "flows" / built.name)
        return
    progress("building its Rust, which takes minutes the first time")
    environment = {**os.environ, "CARGO_TARGET_DIR": str(folder.parent / "target")}
    wheels = folder.parent / f"{folder.name}-wheel"
    command = [sys.executable, "-m", "maturin", "build", "--release", "--locked", "--out", str(wheels)]
    _run(command, cwd=folder, environment=environment)
    shutil.rmtree(folder)
    wheel = next(wheels.glob("*.whl"))
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), str(wheel)])
    shutil.rmtree(wheels)


def _extract(root: Path, commit: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    archive = folder / "tree.tar"
    _run(["git", "-C", str(root), "archive", "--output", str(archive), commit])
    with tarfile.open(archive) as tree:
        # The safe way, where this Python knows it.
        tree.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
        tree.extractall(folder)
    archive.unlink()


def _finished(folder: Path, make: Callable[[Path], None]) -> None:
    """Half a version is never taken for a whole one."""
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    make(fresh)
    fresh.rename(folder)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _run(command: list[str], cwd: Path | None = None, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=_BUILD_S, check=False
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no word why"]
        raise NoVersion(f"`{' '.join(command[:4])} ...` failed: {last[0]}")
