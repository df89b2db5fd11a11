// SPDX-License-Identifier: GPL-2.0
// Subject: mm: hmm_range_fault() reports the old page of an entry
//
// A device that only looks is told the page frame of a migration entry, as if the page
// was still mapped. Somebody who treats all entries that have a pfn alike would do
// this.
//
// Breaks: ME-14
// Kills: migration_entry_hmm.hmm_snapshot_skips_entry: assertion
// In: mm/hmm.c: hmm_vma_handle_pte

@@
typedef softleaf_t;
@@
(
  if (!required_fault) {
- *hmm_pfn = 0;
+ *hmm_pfn = is_pfn_swap_entry(entry) ?
+ 	swp_offset_pfn(entry) | HMM_PFN_VALID : 0;
  return 0;
  }
|
- if (!required_fault)
+ if (!required_fault) {
+ 	if (softleaf_has_pfn(entry))
+ 		new_pfn_flags = softleaf_to_pfn(entry) | HMM_PFN_VALID;
  	goto out;
+ }
  if (softleaf_is_swap(entry))
  	goto fault;
|
- if (!required_fault)
+ if (!required_fault) {
+ 	if (is_pfn_swap_entry(entry))
+ 		new_pfn_flags = swp_offset_pfn(entry) | HMM_PFN_VALID;
  	goto out;
+ }
  if (!non_swap_entry(entry))
  	goto fault;
)
