// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: fail on what is neither none nor present
//
// There is no page yet, and no fault is taken to bring it.
//
// Breaks: EW-1, ME-14
// Kills: walker_access.gup_read_meets_each_entry: assertion
// Kills: walker_access.gup_write_meets_each_entry: assertion
// Kills: walker_access.gup_nowait_meets_each_entry: assertion
// Kills: walker_access.gup_longterm_meets_each_entry: assertion
// Kills: walker_access.gup_fast_read_meets_each_entry: assertion
// Kills: walker_access.gup_fast_write_meets_each_entry: assertion
// Kills: walker_access.process_vm_readv_meets_each_entry: assertion
// Kills: walker_access.access_remote_vm_meets_each_entry: assertion
// Kills: migration_entry_gup.gup_waits_for_new_page: assertion
// In: mm/gup.c: follow_page_pte

@@
expression E;
@@
  pte = E;
+ if (!pte_none(pte) && !pte_present(pte)) {
+ 	page = ERR_PTR(-EFAULT);
+ 	goto out;
+ }
  if (!pte_present(pte))
  	goto no_page;
