# SPDX-License-Identifier: GPL-2.0
"""Which programs a change of the kernel concerns, by the files that it touches."""

from __future__ import annotations

import itertools
from typing import Iterable

from . import program
from .program import Program

# The operations, or states, that go through each file.
OF: dict[str, tuple[str, ...]] = {
    "fs/userfaultfd.c": ("move", "watched"), "mm/userfaultfd.c": ("move", "watched"),
    "kernel/fork.c": ("fork", "failfork"),
    "mm/filemap.c": ("moving", "swapped", "cached"),
    "mm/folio.c": ("put", "release", "pageout"),
    "mm/gup.c": ("pin",),
    "mm/madvise.c": ("dontneed", "pageout"),
    "mm/memory.c": ("read", "write", "fork", "munmap", "dontneed"),
    "mm/memremap.c": ("put", "release", "device"),
    "mm/migrate.c": ("start", "migrate", "end", "fail", "look"),
    "mm/migrate_device.c": ("todevice", "toram", "device"),
    "mm/mmap.c": ("munmap", "fork", "failfork"), "mm/vma.c": ("munmap", "mremap", "protect"),
    "mm/mmap_lock.c": ("read", "write"),
    "mm/mprotect.c": ("protect",),
    "mm/mremap.c": ("mremap",),
    "mm/page_io.c": ("swapped", "pageout"),
    "mm/rmap.c": ("start", "migrate", "end", "fail", "todevice", "pageout", "fork"),
    "mm/swap.c": ("put", "release", "pageout"),
    "mm/swap_state.c": ("swapped", "cached", "pageout"),
    "mm/swapfile.c": ("swapoff", "swapped", "cached", "pageout"),
    "mm/vmscan.c": ("pageout",),
}


# Who meets a page that is somebody else's: the third in a race for it.
_THIRD = {"own", "lock"}


def programs(files: Iterable[str]) -> list[Program]:
    """The pairs that go through one of @files."""
    words = {word for path in files for word in OF.get(path, ())}
    return [each for each in program.every(2) if words & {each.state, *each.ops}]


def _turns(found: Iterable[Program]) -> list[Program]:
    """@found, so that each state has its turn."""
    states: dict[str, list[Program]] = {}
    for each in found:
        states.setdefault(each.state, []).append(each)
    return [each for turn in itertools.zip_longest(*states.values()) for each in turn if each]


def hunting(files: Iterable[str]) -> list[Program]:
    """The programs that are to find what is wrong in @files, the most promising first: the
    pairs, those with two parts that go through the files first, and after them those with
    a third task that owns the page or its lock meanwhile."""
    words = {word for path in files for word in OF.get(path, ())}
    pairs = programs(files)
    both = [each for each in pairs
            if sum(word in words for word in (each.state, *each.ops)) > 1]
    return [*_turns(both), *_turns(each for each in pairs if each not in both),
            *_turns(each for each in program.every(3)
                    if sum(op in _THIRD for op in each.ops) == 1 and
                    words & {each.state, *each.ops})]
