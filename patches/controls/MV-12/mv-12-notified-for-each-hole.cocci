// SPDX-License-Identifier: GPL-2.0
// Subject: mm: notify for each hole
//
// That the notifier has been called is not remembered, so it is called for each hole
// and ended once. Made by someone who thinks the flag is an optimisation.
//
// Breaks: MV-12
// Kills: migrate_vma_collect.notifier_gets_owner_once: assertion
// In: mm/migrate_device.c: __migrate_device_pages

@@
@@
- notified = true;
+ notified = i + 1 == npages;
