# SPDX-License-Identifier: GPL-2.0
"""Which programs a change of the kernel concerns, by the files that it touches."""

from __future__ import annotations

from typing import Iterable

from . import program
from .program import Program

# The operations, or states, that go through each file.
OF: dict[str, tuple[str, ...]] = {
    "fs/userfaultfd.c": ("move",), "mm/userfaultfd.c": ("move",),
    "kernel/fork.c": ("fork",),
    "mm/filemap.c": ("moving", "cached"),
    "mm/gup.c": ("pin",),
    "mm/madvise.c": ("dontneed", "pageout"),
    "mm/memory.c": ("read", "write", "fork", "munmap", "dontneed"),
    "mm/memremap.c": ("put", "device"),
    "mm/migrate.c": ("start", "migrate", "end", "fail"),
    "mm/migrate_device.c": ("todevice", "toram", "device"),
    "mm/mmap.c": ("munmap", "fork"), "mm/vma.c": ("munmap", "mremap", "protect"),
    "mm/mmap_lock.c": ("read", "write"),
    "mm/mprotect.c": ("protect",),
    "mm/mremap.c": ("mremap",),
    "mm/page_io.c": ("swapped", "pageout"),
    "mm/rmap.c": ("start", "migrate", "end", "fail", "todevice", "pageout", "fork"),
    "mm/swap.c": ("put", "pageout"),
    "mm/swap_state.c": ("swapped", "cached", "pageout"),
    "mm/swapfile.c": ("swapoff", "swapped", "cached", "pageout"),
    "mm/vmscan.c": ("pageout",),
}


def programs(files: Iterable[str]) -> list[Program]:
    """The pairs that go through one of @files."""
    words = {word for path in files for word in OF.get(path, ())}
    return [each for each in program.pairs() if words & {each.state, *each.ops}]
