"""Prints the packages that pyproject.toml asks for, development ones included: it stays their only list.

Needed because pip cannot install a project's dependencies without building the project, and building it is cargo's.
"""

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    from pip._vendor import tomli as tomllib

project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
wanted = [
    *project["build-system"]["requires"],
    *project["project"]["dependencies"],
    *project["project"]["optional-dependencies"]["dev"],
]
print("\n".join(sorted(set(wanted))))
