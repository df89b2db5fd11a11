// SPDX-License-Identifier: GPL-2.0
// Subject: mm: mprotect() makes a huge page writable that fork() has shared
//
// A dirty page needs no notice of the next write. But another process has it, too.
//
// Breaks: EW-1
// Kills: huge_page_use.write_is_seen_by_one_process: assertion
// In: mm/huge_memory.c: can_change_pmd_writable

@@
@@
- !(vma->vm_flags & VM_SHARED)
+ false
