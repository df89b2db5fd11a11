// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE trusts the page that it has slept for
//
// The pte may refer to another page by the time the lock has been got.
//
// Breaks: UM-2
// Kills: uffd_move_change.replaced_page_is_not_moved: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes
// Kernels: from 6.19: the anon_vma, which was looked for then, told of it as well

@@
@@
- src_folio && unlikely(!pte_same(src_folio_pte, orig_src_pte))
+ false
