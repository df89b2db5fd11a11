// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() takes a page under migration for an error
//
// A device that wants a page which is under migration gets -EFAULT instead of waiting
// for it. Somebody who lists the entries that can be faulted in, and forgets that one,
// would do this.
//
// Breaks: ME-14
// Kills: migration_entry_hmm.hmm_fault_waits_for_new_page: assertion
// In: mm/hmm.c: hmm_vma_handle_pte

@@
@@
(
- if (softleaf_is_migration(entry)) {
- 	pte_unmap(ptep);
- 	hmm_vma_walk->last = addr;
- 	migration_entry_wait(walk->mm, pmdp, addr);
- 	return -EBUSY;
- }
|
- if (is_migration_entry(entry)) {
- 	pte_unmap(ptep);
- 	hmm_vma_walk->last = addr;
- 	migration_entry_wait(walk->mm, pmdp, addr);
- 	return -EBUSY;
- }
)
