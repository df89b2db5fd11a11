# SPDX-License-Identifier: GPL-2.0
"""Which lines of the functions that the suites are about have run, as a record and as tables.

Documentation/not-reached.txt has a word on each line that has not, by kinds: why.
"""

from __future__ import annotations

import collections
import re
from pathlib import Path
from typing import Any, Mapping, Sequence

from ..errors import UsageError
from ..proof import judged
from ..ui import tables

Record = Mapping[str, Any]
WORDS = "Documentation/not-reached.txt"
# The functions, as those of each release are called.
FUNCTIONS = re.compile("|".join((
    "migrate_vma_.*", "__?migrate_device_.*", "migrate_pages_batch", "migrate_pages_sync",
    "migrate_folios?_.*", "try_to_migrate(_one)?", "remove_migration_(pte|pmd)",
    "__folio_migrate_mapping", "__folio_unqueue_deferred_split", "deferred_split_.*",
    "thp_underused", "do_huge_pmd_device_private",
    "change_(pte_range|softleaf_pte|present_ptes|huge_pmd|non_present_huge_pmd)",
    "copy_(nonpresent_pte|huge_pmd|huge_non_present_pmd)", "zap_nonpresent_ptes",
    "zap_huge_pmd(_folio)?", "move_(ptes|huge_pmd|pages_huge_pmd)",
    "pte_to_pagemap_entry", "pagemap_pmd_range(_thp)?", "smaps_(account|page_accumulate)",
    "smaps_(pte|pmd)_(entry|range|hole.*)", "clear_refs_.*", "clear_soft_dirty(_pmd)?",
    "hmm_(vma_(walk|handle)_.*|pte_need_fault|range_fault.*)", "mincore_.*",
    "madvise_cold_or_pageout_pte_range",
    "move_(pages(_ptes?)?|present_ptes?|swap_pte|zeropage_pte|splits_huge_pmd)",
    "check_ptes_for_batched_move", "is_pte_pages_stable", "find_vmas_mm_locked",
    "uffd_move_(un)?lock", "validate_move_areas", "do_swap_page", "unuse_.*",
    "try_to_unuse", "find_next_to_unuse", "shmem_swapin_folio",
    "shmem_set_folio_swapin_error", "lock_vma_under_rcu", "vma_start_read",
    "__vma_(start_write|start_exclude_readers|end_exclude_readers)")))


def facts(data: Mapping[str, Any], file: str) -> dict[str, Any]:
    """What is recorded of the functions.json of a run.  Raises UsageError."""
    rows = []
    for each in data["functions"]:
        if not FUNCTIONS.fullmatch(each["name"]):
            continue
        if len(each["text_not_run"]) != len(each["lines_not_run"]):
            raise UsageError(f"{file} does not have the text of each line that has not run; "
                             "make it again")
        ran = len(each["lines_run"])
        rows.append({"file": each["file"], "function": each["name"], "run": ran,
                     "lines": ran + len(each["lines_not_run"]),
                     "text": each["text_not_run"] if ran else []})
    if not rows:
        raise UsageError(f"{file} has none of the functions that are recorded")
    return {"rows": rows}


def words(top: Path) -> list[judged.Kind]:
    """What is said of lines that have not run.  Raises TestbedError."""
    return judged.read(top / WORDS)


def _lines(record: Record) -> list[str]:
    return [f"{row['file']}:{row['function']}: {text}" for row in record["rows"]
            for text in row["text"]]


def unsaid(record: Record, kinds: Sequence[judged.Kind]) -> list[str]:
    """The lines of which nothing is said."""
    return [line for line in _lines(record) if judged.of_text(line, kinds) is None]


def table(records: Sequence[Record]) -> list[str]:
    """By function: lines that have run, of all lines, on each kernel."""
    if not records:
        return ["No run of the variant gcov is recorded."]
    found: dict[tuple[str, str], dict[str, str]] = collections.defaultdict(dict)
    for record in records:
        for row in record["rows"]:
            found[row["file"], row["function"]][record["line"]] = \
                f"{row['run']}/{row['lines']}"
    lines = [record["line"] for record in records]
    rows = [["file", "function", *lines]]
    last = ""
    for (file, function), cells in sorted(found.items()):
        rows.append(["\\" if file == last else file, f"{function}()",
                     *(cells.get(line, "") for line in lines)])
        last = file
    return tables.rst(rows)


def missed(records: Sequence[Record], kinds: Sequence[judged.Kind]) -> list[str]:
    """Each line that has not run, by why."""
    by_kind: dict[str, dict[str, list[str]]] = collections.defaultdict(dict)
    for record in records:
        for line in _lines(record):
            kind = judged.of_text(line, kinds)
            by_kind[kind.title if kind else "nobody has looked yet"].setdefault(
                line, []).append(record["line"])
    found = []
    for title in [*(kind.title for kind in kinds), "nobody has looked yet"]:
        if title in by_kind:
            lines = [f"    {line}  [{', '.join(where)}]"
                     for line, where in sorted(by_kind[title].items())]
            found += [f"{title[0].upper()}{title[1:]} ({len(lines)})::", "", *lines, ""]
    return found[:-1] or ["None is recorded."]
