// SPDX-License-Identifier: GPL-2.0
// Subject: mm/mempolicy: the policy is not stored in the VMA
//
// New pages come from the node of the CPU.
//
// Breaks: ND-2
// Kills: nodes_policy.new_page_comes_from_the_node: assertion
// Variants: numa
// In: mm/mempolicy.c: vma_replace_policy

@@
@@
(
- vma->vm_policy = new;
|
- WRITE_ONCE(vma->vm_policy, new);
)
