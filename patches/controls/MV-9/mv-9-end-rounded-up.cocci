// SPDX-License-Identifier: GPL-2.0
// Subject: mm: round the end of a range up
//
// migrate_vma_setup() includes the page that an unaligned end is in, which nr_pages
// does not count and for which the arrays of the driver may have no room. Whoever
// reads "end" as in mprotect() would do this.
//
// Breaks: MV-9
// Kills: migrate_vma_range.unaligned_ends_are_rounded_down: assertion
// In: mm/migrate_device.c: migrate_vma_setup

@@
@@
- args->end &= PAGE_MASK;
+ args->end = PAGE_ALIGN(args->end);
