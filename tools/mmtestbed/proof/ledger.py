# SPDX-License-Identifier: GPL-2.0
"""What became of the controls, kept between runs.

Each kernel tree has results of its own, for each version, line and variant: what was
seen on one says nothing about another.  All of them are changed under one lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from ..host import lock, prune
from ..kernel import source
from ..model import configs

# Another number, another meaning: results of another schema are never read.
SCHEMA = 2
# So many files of results are kept.
KEEP = 24

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """What results are of; place() makes one.

    @tree: the identity of the pristine source, which is another once it has changed.
    @version: of the kernel.
    @line, @variant: their names.
    """

    tree: str
    version: str
    line: str
    variant: str

    def path(self, cache: Path) -> Path:
        """The file below @cache that holds them."""
        words = "\0".join((str(SCHEMA), self.tree, self.version, self.line, self.variant))
        name = hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return cache / "controls" / f"{self.line}-{self.variant}-{name}.json"


def place(origin: source.Source, config: configs.Config) -> Place:
    """Where results of @origin, as it is now, in @config belong.  Raises OSError."""
    return Place(source.identity(origin), origin.version, origin.line.name, config.name)


def _sound(entry: Any) -> bool:
    """Whether @entry is what became of a control: a cache may be damaged."""
    if not isinstance(entry, dict):
        return False
    lists = [entry.get(key) for key in ("contracts_reached", "killed_by", "also_failed")]
    return all(isinstance(found, list) for found in lists) and \
        all(isinstance(entry.get(key), str) for key in ("name", "inputs", "digest")) and \
        all(isinstance(case, dict) and {"suite", "name", "status"} <= case.keys()
            for key in ("killed_by", "also_failed") for case in entry[key])


def known(cache: Path, place: Place) -> dict[str, Entry]:
    """The results of @place by the name of the control.

    Empty if there are none that we can use: whatever is damaged, of another schema, or
    not of @place after all counts as not there.
    """
    data = lock.read_json(place.path(cache))
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or \
       data.get("of") != asdict(place) or not isinstance(data.get("controls"), list):
        return {}
    return {entry["name"]: entry for entry in data["controls"] if _sound(entry)}


def add(cache: Path, place: Place, inputs: str, entries: Sequence[Entry],
        waiting: Callable[[], None] = lambda: None) -> None:
    """File @entries, the results of a run with @inputs, under @place.

    Results of other controls stay.  @waiting is called once if another run has the
    lock.  Raises OSError, and then nothing has changed.
    """
    folder = cache / "controls"
    with lock.held(folder / "lock", waiting):
        merged = {**known(cache, place),
                  **{entry["name"]: {**entry, "inputs": inputs} for entry in entries}}
        lock.write_json(place.path(cache), {
            "schema": SCHEMA, "of": asdict(place),
            "controls": [merged[name] for name in sorted(merged)]})
        _forget(folder, place.path(cache))
    for old in cache.glob("controls-*.json"):
        # Of earlier versions, which did not tell one tree from another.
        old.unlink(missing_ok=True)


def _forget(folder: Path, new: Path) -> None:
    """Remove results that nobody has added to for long, but for @new."""
    times: dict[Path, float] = {}
    for path in folder.glob("*.json"):
        with contextlib.suppress(OSError):
            times[path] = path.stat().st_mtime
    times.pop(new, None)
    for path in prune.due(times, KEEP - 1, time.time()):
        path.unlink(missing_ok=True)
