// SPDX-License-Identifier: GPL-2.0
// Subject: mm: unmapping a file takes the entries of private copies too
//
// zap_pte_range() does not ask whether private copies are to be spared, so punching a
// hole in a file destroys one that is just being migrated. Whoever copies the branch
// of a kind of entry that has no folio forgets the question.
//
// Breaks: ME-9
// Kills: migration_entry_munmap.truncation_spares_private_copies: assertion
// In: mm/memory.c: zap_nonpresent_ptes | zap_pte_range

@@
@@
(
- if (!should_zap_folio(details, folio))
- 	return 1;
|
- if (!should_zap_folio(details, folio))
- 	continue;
)
