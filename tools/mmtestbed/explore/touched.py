# SPDX-License-Identifier: GPL-2.0
"""Which programs a change of the kernel concerns, by the files that it touches."""

from __future__ import annotations

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


# The same of functions, as far as they say more than their file.
OF_FUNCTION: dict[str, tuple[str, ...]] = {
    "__folio_lock_or_retry": ("cached", "swapped"),
    "do_swap_page": ("cached", "swapped", "exclusive", "device"),
    "do_wp_page": ("shared",), "wp_page_copy": ("shared",),
    "dup_mmap": ("fork", "failfork"), "copy_page_range": ("fork", "failfork"),
    "handle_userfault": ("watched",),
    "lock_vma_under_rcu": ("middle", "none"), "__vmf_anon_prepare": ("none", "middle"),
    "migration_entry_wait_on_locked": ("moving",),
    "remove_device_exclusive_entry": ("exclusive",),
    "softleaf_entry_wait_on_locked": ("moving",),
    "try_to_unmap_one": ("pageout",), "ttu_anon_lazyfree_folio": ("lazyfree",),
    "unuse_mm": ("swapoff",), "unuse_pte": ("swapoff",),
}
# The states, those whose programs have the fewest points first.
_ORDER = ("moving", "none", "middle", "watched", "mapped", "exclusive", "lazyfree", "device",
          "shared", "cached", "swapped")
# Who meets a page that is somebody else's, and who waits for that page: the third and the
# first in a race for it; and the states in which there is something to wait for.
_THIRD, _FIRST = {"own", "lock"}, {"read", "write"}
_WAITED = {"moving", "exclusive", "cached"}


def programs(files: Iterable[str]) -> list[Program]:
    """The pairs that go through one of @files."""
    words = {word for path in files for word in OF.get(path, ())}
    return [each for each in program.every(2) if words & {each.state, *each.ops}]


def _cheap(found: Iterable[Program]) -> list[Program]:
    """@found, those that are soon done first."""
    return sorted(found, key=lambda each: (_ORDER.index(each.state), len(each.ops)))


def hunting(files: Iterable[str], functions: Iterable[str] = ()) -> list[Program]:
    """The programs that are to find what is wrong in @files, the most promising first: the
    pairs, and behind those of a state the triples in which a third task owns the page, or
    has it locked, that one of the others waits for.  Pairs with two parts that go
    through the files come before these, and those that go through @functions before all."""
    words = {word for path in files for word in OF.get(path, ())}
    pairs = programs(files)
    both = [each for each in pairs
            if sum(word in words for word in (each.state, *each.ops)) > 1]
    third = [each for each in program.every(3)
             if [len(kind & set(each.ops)) for kind in (_THIRD, _FIRST)] == [1, 1] and
             len(set(each.ops)) == 3 and each.state in _WAITED and words & {each.state, *each.ops}]
    found = [*_cheap(both), *_cheap([*(each for each in pairs if each not in both), *third])]
    near = {word for name in functions for word in OF_FUNCTION.get(name, ())}
    return sorted(found, key=lambda each: not near & {each.state, *each.ops})
