# SPDX-License-Identifier: GPL-2.0
"""What the variant gcov counts: the files under test, and what it takes to count."""

from __future__ import annotations

from ..host import deps

# The files under test, without .c.
FILES = ("fs/proc/task_mmu",
         *(f"mm/{name}" for name in (
             "filemap", "gup", "hmm", "huge_memory", "hugetlb", "ksm", "madvise",
             "memcontrol", "memory", "memory-failure", "memremap", "migrate",
             "migrate_device", "mincore", "mmap_lock", "mprotect", "mremap",
             "page_vma_mapped", "rmap", "shmem", "swap", "swap_state", "swapfile",
             "userfaultfd")))
# For gcc(1), in the words of a spec file, where a | would begin a pipe.  On the command
# line the option would keep ccache from caching.
SPECS = ("*cc1_options:\n+ -fprofile-filter-files=" +
         ";".join(f"/{name}[.]c" for name in FILES) + "\n\n")
COUNTING_TOOLS = (
    deps.Tool("gcov", "gcc", "names the lines that have run"),
    deps.Tool("gcov-tool", "gcc", "adds up what several boots have run"),
)
REACH_TOOLS = (
    deps.Tool("gcov-dump", "gcc", "shows what a case has run"),
)
HTML_TOOLS = (
    deps.Tool("gcovr", "gcovr", "shows the source with what has run",
              optional=True),
)
TOOLS = COUNTING_TOOLS + HTML_TOOLS


def counts(path: str) -> bool:
    """True if the file @path of the kernel has counters."""
    return path in {f"{name}.c" for name in FILES}
