// SPDX-License-Identifier: GPL-2.0
// Subject: mm: a shared mapping that userfaultfd protects is writable at once
//
// As before 51d3d5eb74ff ("mm/userfaultfd: enable writenotify while userfaultfd-wp is
// enabled for a VMA"): tmpfs wants no notice of writes, but userfaultfd does.
//
// Breaks: WP-1
// Kills: soft_bits_end.mprotect_keeps_protection: assertion
// In: mm/vma.c: vma_wants_writenotify

@@
@@
- userfaultfd_wp(vma)
+ false
