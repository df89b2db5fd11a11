// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memory-failure: memory that is removed leaves no entry behind
//
// The page is poisoned, so that unmapping it finds a contradiction: b81679b1633a ("mm:
// memory-failure: update ttu flag inside unmap_poisoned_folio").
//
// Breaks: HP-1
// Kills: memory_failure_poison.removal_of_the_memory_leaves_entries: assertion or report
// Variants: full
// In: mm/memory-failure.c: unmap_poisoned_folio

@@
@@
- enum ttu_flags ttu = TTU_IGNORE_MLOCK | TTU_SYNC | TTU_HWPOISON;
+ enum ttu_flags ttu = TTU_IGNORE_MLOCK | TTU_SYNC;
