// SPDX-License-Identifier: GPL-2.0
// Subject: mm/gup: there is no page behind a pmd that is not present
//
// Without a present pmd there is nothing that GUP could wait for.
//
// Breaks: ME-14
// Kills: migration_entry_gup.gup_waits_for_new_huge_page: assertion
// In: mm/gup.c: follow_pmd_mask

@@
@@
  if (!pmd_present(pmdval))
- return no_page_table(vma, flags, address);
+ return ERR_PTR(-EFAULT);
