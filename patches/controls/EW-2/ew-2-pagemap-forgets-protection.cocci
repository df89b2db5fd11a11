// SPDX-License-Identifier: GPL-2.0
// Subject: fs/proc: do not tell what is protected
//
// Who looks for written pages by what is not protected any more takes all of them for
// written.
//
// Breaks: EW-2
// Kills: walker_look.pagemap_tells_pages_apart: assertion
// In: fs/proc/task_mmu.c: pte_to_pagemap_entry

@@
@@
(
- if (pte_uffd_wp(pte))
- 	flags |= PM_UFFD_WP;
|
- if (pte_uffd(pte))
- 	flags |= PM_UFFD_WP;
)
