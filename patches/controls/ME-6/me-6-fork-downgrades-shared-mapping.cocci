// SPDX-License-Identifier: GPL-2.0
// Subject: mm: fork() takes write permission from shared mappings too
//
// The test for a COW mapping is missing, so a shared writable page comes back
// read-only in both. Whoever only thinks of anonymous memory leaves it out.
//
// Breaks: ME-6
// Kills: migration_entry_fork.fork_copies_shared_entry: assertion
// In: mm/memory.c: copy_nonpresent_pte

@@
@@
(
- !softleaf_is_migration_read(entry) &&
- 	vma_is_cow_mapping(dst_vma)
+ !softleaf_is_migration_read(entry)
|
- !softleaf_is_migration_read(entry) &&
- 	is_cow_mapping(vm_flags)
+ !softleaf_is_migration_read(entry)
|
- !is_readable_migration_entry(entry) &&
- 	is_cow_mapping(vm_flags)
+ !is_readable_migration_entry(entry)
)
