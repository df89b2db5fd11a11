// SPDX-License-Identifier: GPL-2.0
// Subject: mm/memcontrol: a migration forgets whom the page belongs to
//
// The old folio is uncharged, and the new one belongs to nobody.
//
// Breaks: MC-1
// Kills: memcg_move.moved_page_stays_charged: assertion or report
// Variants: full
// In: mm/memcontrol.c: mem_cgroup_migrate

@@
@@
- VM_BUG_ON_FOLIO(!folio_test_locked(old), old);
+ if (!mem_cgroup_disabled())
+	return;
