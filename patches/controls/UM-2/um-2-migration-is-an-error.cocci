// SPDX-License-Identifier: GPL-2.0
// Subject: mm: UFFDIO_MOVE fails if it has waited for a migration
//
// What is there afterwards is not looked at.
//
// Breaks: UM-2
// Kills: uffd_move_sleep.migration_is_waited_for: assertion
// In: mm/userfaultfd.c: move_pages_pte | move_pages_ptes

@@
identifier err = {err, ret};
@@
  migration_entry_wait(mm, src_pmd, src_addr);
- err = -EAGAIN;
+ err = -EBUSY;
