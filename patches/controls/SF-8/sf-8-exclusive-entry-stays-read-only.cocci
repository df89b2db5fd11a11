// SPDX-License-Identifier: GPL-2.0
// Subject: mm: restore device-exclusive pages read-only
//
// A writable device-exclusive entry is restored as a read-only pte, as if the page had
// not been writable before the device had it. Whoever reads the condition the wrong
// way round puts the write permission on the readable entries instead.
//
// Breaks: SF-8
// Kills: swap_fault_exclusive.device_exclusive_entry_is_restored: assertion
// In: mm/memory.c: restore_exclusive_pte

@@
@@
(
- if ((vma->vm_flags & VM_WRITE) &&
-     can_change_pte_writable(vma, address, pte)) {
- 	if (folio_test_dirty(folio))
- 		pte = pte_mkdirty(pte);
- 	pte = pte_mkwrite(pte, vma);
- }
|
- is_writable_device_exclusive_entry(entry)
+ !is_writable_device_exclusive_entry(entry)
)
