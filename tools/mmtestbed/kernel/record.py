# SPDX-License-Identifier: GPL-2.0
"""What a kernel was built from, kept for the next build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..host import lock, scan, surroundings
from . import tree
from .narrow import Difference, Laid
from .tree import Files

# In the state of the build.  The second holds all files of a tree that is not ours.
NAME = "record.json"
_SCAN = "scan"


@dataclass(frozen=True)
class Record:
    """What the kernel in a build folder was built from.

    @inputs: a digest of it all.  @frame: of it all but for the source.
    @seen: a digest of the source, without what we have laid over it: @laid.
    @added: what make adds to the environment of a link.
    @headers: the files of the host that it was compiled from.  @host: a digest of them.
    """

    inputs: str
    frame: str
    seen: str
    laid: Laid
    added: dict[str, str]
    headers: list[str]
    host: str

    def same_host(self) -> bool:
        """True if the headers of the host are the same still."""
        return surroundings.files(self.headers) == self.host


def load(state: Path, inputs: str) -> Optional[Record]:
    """The record in @state of the kernel that was built from @inputs, if there is one."""
    data = lock.read_json(state / NAME)
    if not isinstance(data, dict) or not inputs or data.get("inputs") != inputs:
        return None
    try:
        return Record(**data)
    except TypeError:
        return None                     # an older one, with other facts


def save(state: Path, record: Record, seen: Optional[scan.Scan]) -> None:
    """Keep @record in @state, and what was @seen of the source.  Raises OSError."""
    if seen:
        lock.write(state / _SCAN, seen.dump)
    lock.write_json(state / NAME, vars(record))


def laid(files: Files) -> dict[str, Optional[str]]:
    """A digest for each of @files, which lie over the source."""
    return {path: None if data is None else tree.digest({path: data})[:24]
            for path, data in files.items()}


def changed(state: Path, record: Record, seen: str, now: Optional[scan.Scan],
            wanted: Files, pristine: Path) -> Optional[set[str]]:
    """The files that differ from those that @record is of; None if that is unclear.

    @seen, @now: the source @pristine as it is now, @wanted: what is to lie over it.
    """
    before = None
    if now:
        try:
            before = scan.load((state / _SCAN).read_bytes())
        except OSError:
            return None
        if before.digest not in record.seen:
            return None
    elif seen != record.seen:
        return None
    return Difference(record.laid, laid(wanted), before, now).paths(pristine)
