// SPDX-License-Identifier: GPL-2.0
// Subject: mm/huge_memory: a huge page that cannot be charged is left
//
// The fault goes on with a small page, and forgets the huge one.
//
// Breaks: MC-1
// Kills: memcg_limit.huge_page_beyond_the_limit_becomes_a_small_one: assertion
// Variants: full
// In: mm/huge_memory.c: vma_alloc_anon_folio_pmd | __do_huge_pmd_anonymous_page

@@
expression g;
@@
  if (mem_cgroup_charge(folio, vma->vm_mm, g)) {
- 	folio_put(folio);
  ...
  }
