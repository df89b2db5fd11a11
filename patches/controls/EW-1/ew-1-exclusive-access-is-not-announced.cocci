// SPDX-License-Identifier: GPL-2.0
// Subject: mm/rmap: do not say for whom a page becomes exclusive
//
// Its driver cannot tell the event from that of another one, and drops what it has.
//
// Breaks: EW-1, MV-12
// Kills: walker_exclusive.driver_can_tell_its_own_access: assertion
// In: mm/rmap.c: make_device_exclusive | page_make_device_exclusive_one

@@
expression r, m, a, b, o;
@@
  mmu_notifier_range_init_owner(r, MMU_NOTIFY_EXCLUSIVE, 0, m, a, b,
- o
+ NULL
  );
