# SPDX-License-Identifier: GPL-2.0
"""Mutants: what there is to change, who reaches it, and what came of it."""

from __future__ import annotations

import collections
import enum
import re
import shlex
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterable, Mapping, Optional, Sequence

from ..errors import TestbedError
from ..host import beneath, confine, proc
from ..model.outcomes import Name

_REACHED = re.compile(r"mm_mutate: (\S+) (\d+)-(\d+)$")
_COMMAND = re.compile(r"^savedcmd_\S+ := (.*)$", re.MULTILINE)
# What of gcc's command line decides how the source is read.
_FLAGS = ("-I", "-D", "-U", "-std=", "-nostdinc", "-funsigned-char", "-fshort-wchar",
          "-fms-extensions")


@dataclass(frozen=True)
class Target:
    """Functions under test in one file; all of it if none are named."""

    file: str
    functions: tuple[str, ...] = ()


# What a release does not have is passed over.
TARGETS = (
    Target("mm/mprotect.c", (
        "change_pte_range", "change_softleaf_pte", "change_present_ptes",
        "change_pmd_range", "can_change_pte_writable", "maybe_change_pte_writable",
        "can_change_private_pte_writable", "can_change_shared_pte_writable",
        "mprotect_folio_pte_batch", "prot_commit_flush_ptes", "page_anon_exclusive_batch",
        "commit_anon_folio_batch", "set_write_prot_commit_flush_ptes")),
    Target("mm/huge_memory.c", (
        "set_pmd_migration_entry", "remove_migration_pmd", "copy_huge_pmd",
        "copy_huge_non_present_pmd", "change_huge_pmd", "change_non_present_huge_pmd",
        "zap_huge_pmd", "zap_huge_pmd_folio", "normal_or_softleaf_folio_pmd",
        "has_deposited_pgtable", "move_huge_pmd", "move_soft_dirty_pmd",
        "clear_uffd_wp_pmd", "move_pages_huge_pmd", "do_huge_pmd_device_private",
        "do_huge_pmd_wp_page", "can_change_pmd_writable", "__split_huge_pmd_locked",
        "split_huge_page_to_list_to_order", "__split_huge_page", "__split_huge_page_tail",
        "__folio_split", "__folio_freeze_and_split_unmapped", "__split_unmapped_folio",
        "__split_folio_to_order", "folio_split_unmapped", "folio_check_splittable",
        "unmap_folio", "remap_page", "__folio_unqueue_deferred_split",
        "deferred_split_folio", "deferred_split_scan", "deferred_split_isolate",
        "thp_underused")),
    Target("mm/rmap.c", (
        "try_to_migrate_one", "try_to_migrate", "page_make_device_exclusive_one",
        "folio_make_device_exclusive", "make_device_exclusive_range",
        "make_device_exclusive", "try_to_unmap_one", "try_to_unmap", "ttu_anon_folio",
        "ttu_anon_lazyfree_folio", "ttu_anon_swapbacked_folio", "swp_pte_prepare",
        "__folio_add_rmap", "__folio_remove_rmap")),
    Target("mm/memory.c", (
        "do_swap_page", "copy_nonpresent_pte", "copy_present_ptes", "__copy_present_ptes",
        "remove_device_exclusive_entry", "restore_exclusive_pte",
        "try_restore_exclusive_pte", "zap_pte_range", "do_zap_pte_range",
        "zap_nonpresent_ptes", "zap_present_ptes", "zap_present_folio_ptes",
        "zap_drop_file_uffd_wp", "zap_drop_markers", "cond_install_uffd_wp_ptes",
        "should_zap_folio", "should_try_to_free_swap", "check_swap_exclusive",
        "pte_marker_clear", "pte_marker_handle_uffd_wp", "handle_pte_marker",
        "do_wp_page", "wp_can_reuse_anon_folio", "__wp_can_reuse_large_anon_folio",
        "lock_vma_under_rcu")),
    Target("mm/migrate.c", (
        "migration_entry_wait", "pmd_migration_entry_wait",
        "remove_migration_pte", "remove_migration_ptes",
        "folio_migrate_mapping", "__folio_migrate_mapping", "folio_migrate_flags",
        "migrate_folio", "__migrate_folio", "migrate_folio_unmap", "migrate_folio_move",
        "migrate_folio_done", "migrate_folio_undo_src", "migrate_folio_undo_dst",
        "folio_expected_refs", "putback_movable_pages", "try_to_map_unused_to_zeropage",
        "__migrate_folio_record", "__migrate_folio_extract", "move_to_new_folio",
        "try_split_folio", "migrate_folios_move", "migrate_folios_undo",
        "migrate_pages_batch", "migrate_pages_sync", "migrate_pages",
        "filemap_migrate_folio", "fallback_migrate_folio", "isolate_folio_to_list")),
    Target("mm/userfaultfd.c", (
        "move_present_pte", "move_present_ptes", "move_swap_pte", "move_zeropage_pte",
        "move_pages_pte", "move_pages_ptes", "check_ptes_for_batched_move",
        "is_pte_pages_stable", "move_pages", "move_splits_huge_pmd",
        "vma_move_compatible", "validate_move_areas", "find_vmas_mm_locked",
        "uffd_move_lock", "uffd_move_unlock")),
    Target("mm/swapfile.c", (
        "generic_max_swapfile_size", "read_swap_header", "swapfile_init",
        "unuse_pte", "unuse_pte_range", "unuse_pmd_range", "unuse_pud_range",
        "unuse_p4d_range", "unuse_vma", "unuse_mm", "find_next_to_unuse",
        "try_to_unuse")),
    Target("mm/mmap_lock.c", (
        "vma_start_read", "lock_vma_under_rcu", "get_target_refcnt",
        "__vma_start_exclude_readers", "__vma_end_exclude_readers",
        "__vma_exclude_readers_for_detach", "__vma_start_write",
        "lock_next_vma_under_mmap_lock", "lock_next_vma")),
    Target("mm/hmm.c"),
    Target("mm/migrate_device.c"),
    Target("mm/memremap.c"),
    Target("mm/filemap.c", (
        "migration_entry_wait_on_locked", "softleaf_entry_wait_on_locked",
        "__folio_lock_or_retry", "folio_wait_bit_common", "folio_wake_bit",
        "folio_trylock_flag", "wake_page_function", "folio_unlock")),
    Target("mm/shmem.c", (
        "shmem_swapin_folio", "shmem_set_folio_swapin_error", "shmem_free_swap")),
    Target("mm/mincore.c", ("mincore_pte_range",)),
    Target("mm/mremap.c", ("move_ptes",)),
    Target("mm/madvise.c", ("madvise_cold_or_pageout_pte_range",)),
)


@dataclass(frozen=True)
class Mutant:
    """One small mistake in @function: @before becomes @after, in the way of @op."""

    number: int
    file: str
    function: str
    line: int
    op: str
    before: str
    after: str

    @property
    def key(self) -> tuple[str, ...]:
        """What it is called from one build to the next."""
        return (self.file, self.function, str(self.line), self.op, self.before,
                self.after)

    def __str__(self) -> str:
        after = f" -> {self.after}" if self.after else ""
        return f"{self.file}:{self.line}: {self.op}: {self.before}{after}"


class State(enum.Enum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    UNREACHED = "unreached"
    DEAD = "not built"


@dataclass
class Fate:
    """What became of @mutant.  @by: the case that killed it, @why: how.

    @cases: those that reach it.  @left: those of them that were not tried.
    """

    mutant: Mutant
    state: State
    by: str = ""
    why: str = ""
    cases: int = 0
    left: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        m = self.mutant
        return {"file": m.file, "function": m.function, "line": m.line, "op": m.op,
                "before": m.before, "after": m.after, "number": m.number,
                "state": self.state.value, "by": self.by, "why": self.why,
                "cases": self.cases, "left": self.left}


def fates_from_json(value: Any) -> list[Fate]:
    """The fates of an earlier report.  Raises TestbedError."""
    try:
        return [Fate(Mutant(f["number"], f["file"], f["function"], f["line"], f["op"],
                            f["before"], f["after"]), State(f["state"]), f["by"],
                     f["why"], f["cases"], f.get("left", 0)) for f in value["mutants"]]
    except (KeyError, TypeError, ValueError) as err:
        raise TestbedError(f"that is no report of scripts/mutate.sh: {err!r}") from None


def parse(text: str) -> list[Mutant]:
    """The mutants in a list that tools/mutate wrote."""
    mutants = []
    for line in text.splitlines():
        number, file, function, row, op, before, after = line.split("\t")
        mutants.append(Mutant(int(number), file, function, int(row), op, before, after))
    return mutants


def flags(cmd: str) -> list[str]:
    """The flags for libclang from the kbuild .cmd file with the text @cmd.

    Raises TestbedError if it holds no command.
    """
    match = _COMMAND.search(cmd)
    if not match:
        raise TestbedError("kbuild has left no compile command")
    words = iter(shlex.split(match.group(1)))
    found = []
    for word in words:
        if word in ("-include", "-isystem"):
            found += [word, next(words)]
        elif word.startswith(_FLAGS):
            found.append(word)
    return [*found, "-Wno-everything"]


def reach(lines: Iterable[str], names: Sequence[Name]) -> dict[Name, set[int]]:
    """The numbers of the mutants that each of @names reached, by the kernel's log.

    The log does not name the suite: cases of the same name share what they reached.
    """
    by_case: dict[str, list[Name]] = collections.defaultdict(list)
    for name in names:
        by_case[name[1]].append(name)
    found: dict[Name, set[int]] = collections.defaultdict(set)
    for line in lines:
        match = _REACHED.search(line.rstrip())
        if match:
            for name in by_case.get(match.group(1), ()):
                found[name].update(range(int(match.group(2)), int(match.group(3)) + 1))
    return dict(found)


def mask(wanted: Iterable[Name], names: Sequence[Name]) -> str:
    """mm_mutate_cases= for the cases @wanted of the kernel's @names."""
    chosen = set(wanted)
    digits = []
    for start in range(0, len(names), 4):
        digits.append(sum(1 << bit for bit, name in enumerate(names[start:start + 4])
                          if name in chosen))
    return "".join(f"{digit:x}" for digit in digits)


def live(kernel: Path, scratch: Path) -> set[int]:
    """The numbers of the mutants that are in the @kernel.

    @scratch: a new folder.  Raises TestbedError.
    """
    scratch.mkdir()
    with confine.cage([kernel], [scratch]) as cage:
        done = proc.run(["objcopy", "-O", "binary", "--only-section=.mm_mutants",
                         "--set-section-flags", ".mm_mutants=alloc", str(kernel),
                         str(scratch / "numbers")], env=confine.environment(), cage=cage)
    data = beneath.read(scratch, "numbers")
    if done.code != 0 or data is None:
        raise TestbedError(f"cannot read {kernel.name}", done.output.splitlines()[:3])
    return {number for number, in struct.iter_unpack("<I", data)}


@dataclass
class Tally:
    """Numbers of one function or file."""

    all: int = 0
    live: int = 0
    reached: int = 0
    killed: int = 0
    survivors: list[Fate] = field(default_factory=list)
    unreached: list[Fate] = field(default_factory=list)

    def add(self, fate: Fate) -> None:
        """Count @fate."""
        self.all += 1
        self.live += fate.state is not State.DEAD
        self.reached += fate.state in (State.KILLED, State.SURVIVED)
        self.killed += fate.state is State.KILLED
        if fate.state is State.SURVIVED:
            self.survivors.append(fate)
        elif fate.state is State.UNREACHED:
            self.unreached.append(fate)

    def row(self, name: str) -> list[str]:
        """A line of the table."""
        share = f"{100 * self.killed / self.live:.0f} %" if self.live else ""
        return [name, str(self.all), str(self.live), str(self.reached),
                str(self.killed), share]


def tallies(fates: Sequence[Fate], by_function: bool) -> dict[str, Tally]:
    """By file, or by file and function."""
    found: dict[str, Tally] = collections.defaultdict(Tally)
    for fate in fates:
        name = fate.mutant.file
        if by_function:
            name += f" {fate.mutant.function}()"
        found[name].add(fate)
        if not by_function:
            found["all"].add(fate)
    if "all" in found:
        found["all"] = found.pop("all")
    return dict(found)


def report(fates: Sequence[Fate]) -> list[str]:
    """The whole report as text."""
    lines = []
    for by_function in (False, True):
        rows = [["", "mutants", "live", "reached", "killed", ""]]
        rows += [tally.row(name) for name, tally in tallies(fates, by_function).items()]
        widths = [max(len(row[i]) for row in rows) for i in range(6)]
        lines += ["  ".join([row[0].ljust(widths[0]), *(
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]).rstrip()
            for row in rows]
        lines.append("")
    for name, tally in tallies(fates, True).items():
        for title, some in (("survived", tally.survivors),
                            ("unreached", tally.unreached)):
            if some:
                lines.append(f"{name}: {title}")
                lines += [f"    {fate.mutant}" for fate in some]
    return lines


def _named(mutants: Iterable[Mutant]) -> list[tuple[tuple[str, ...], int]]:
    """The names of @mutants, told apart where a line has the same twice."""
    seen: collections.Counter[tuple[str, ...]] = collections.Counter()
    names = []
    for mutant in mutants:
        names.append((mutant.key, seen[mutant.key]))
        seen[mutant.key] += 1
    return names


def remembered(fates: Sequence[Fate],
               mutants: Sequence[Mutant]) -> Mapping[int, Optional[Fate]]:
    """By number of @mutants: what killed it in the earlier @fates, if something did."""
    ordered = sorted(fates, key=lambda fate: fate.mutant.number)
    old = {name: fate for fate, name in
           zip(ordered, _named(fate.mutant for fate in ordered))
           if fate.state is State.KILLED}
    known: dict[int, Optional[Fate]] = {}
    for mutant, name in zip(mutants, _named(mutants)):
        fate = old.get(name)
        known[mutant.number] = fate and Fate(mutant, State.KILLED, fate.by, fate.why,
                                             fate.cases)
    return known
