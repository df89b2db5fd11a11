// SPDX-License-Identifier: GPL-2.0
// Subject: mm: copy pte markers only for a userfaultfd
//
// Markers are copied only if a userfaultfd watches the child, and what is poisoned for
// the parent is a page of zeroes for the child. Whoever remembers that uffd-wp was the
// only marker once would hoist the check.
//
// Breaks: SF-8
// Kills: swap_fault_entry.fork_copies_poison_only: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
- pte_marker marker = copy_pte_marker(entry, dst_vma);
+ pte_marker marker = userfaultfd_wp(dst_vma) ? copy_pte_marker(entry, dst_vma) : 0;
