// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mprotect: allow writes to what is exclusive
//
// A page that userfaultfd protects becomes writable with the VMA, and nobody is told
// of a write.
//
// Breaks: EW-2
// Kills: walker_protect.mprotect_write_tells_pages_apart: assertion
// In: mm/mprotect.c: maybe_change_pte_writable | can_change_pte_writable

@@
@@
(
- userfaultfd_pte_wp(vma, pte)
+ 0
|
- userfaultfd_pte_uffd(vma, pte)
+ 0
)
