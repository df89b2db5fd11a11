// SPDX-License-Identifier: GPL-2.0
/*
 * try_to_migrate() and remove_migration_ptes(): what an entry records of its
 * pte, and the pte that replaces the entry.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/notifier.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/snapshot.h"
#include "entry.h"

/* ME-3: from the pte to the entry */

KUNIT_ARRAY_PARAM_DESC(page, mmk_page_cases, description);

/**
 * unmap_records_pte() - try_to_migrate()
 *
 * A writable pte becomes a writable entry, a read-only pte of an exclusive
 * anonymous page a readable exclusive one, and any other a readable one. The
 * entry has young and dirty if the architecture can carry them, and the dirty
 * bit goes to the folio. The folio is unmapped, and only the isolation and the
 * page cache have references on it: not even an mlock batch.
 *
 * Contract: ME-3
 */
static void unmap_records_pte(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_mm_state before;
	struct scene s;

	mmk_scene_map(test, &s, mm, how);
	mmk_mm_snapshot(mm, &before);
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), scene_idle_refs(&s));

	me_expect_entry(test, mm, s.addr, how->kind, s.src, how->young,
			how->dirty);
	if (s.child)
		me_expect_entry(test, s.child, s.addr, MMK_PTE_MIGRATION_READ,
				s.src, how->young, false);

	KUNIT_EXPECT_EQ(test, folio_test_dirty(s.src), how->dirty);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 0);
	KUNIT_EXPECT_FALSE(test, folio_test_mlocked(s.src));
	if (is_anon(how->backing))
		me_expect_exclusive(test, s.src, false);
	mmk_expect_mm_same(test, "with the entry in place", mm, &before);
	KUNIT_EXPECT_GE(test, mm->hiwater_rss, get_mm_rss(mm));

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/**
 * unmap_notifies_secondary_mmus() - MMU notifiers of try_to_migrate()
 *
 * One pair of calls for exactly the page: the first while the pte is still
 * there, the second when the entry has taken its place.
 *
 * Contract: ME-3
 */
static void unmap_notifies_secondary_mmus(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	const struct mmk_notifier_event *start;
	struct mmk_notifier *n;
	struct scene s;

	mmk_scene_map(test, &s, mm, how);
	s.hold = mmk_hold(test, s.src);
	n = mmk_notifier_alloc(test, mm, s.addr);
	try_to_migrate(s.src, 0);
	mmk_notifier_stop(test, n);

	KUNIT_ASSERT_EQ(test, n->nr, 2U);
	start = &n->log[0];
	KUNIT_EXPECT_FALSE(test, start->at_end);
	KUNIT_EXPECT_EQ(test, start->start, s.addr);
	KUNIT_EXPECT_EQ(test, start->end, s.addr + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, (int)start->event, (int)MMU_NOTIFY_CLEAR);
	KUNIT_EXPECT_EQ(test, start->flags & ~MMU_NOTIFIER_RANGE_BLOCKABLE, 0U);
	MMK_EXPECT_KIND(test, start->pte, MMK_PTE_PRESENT);
	KUNIT_EXPECT_TRUE(test, n->log[1].at_end);
	MMK_EXPECT_KIND(test, n->log[1].pte, how->kind);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/* ME-4: from the entry back to a pte */

/**
 * restore_maps_new_folio() - remove_migration_ptes(src, dst)
 *
 * The pte maps the new folio, and is writable, young and dirty as the old one
 * was. The page is exclusive unless the entry was readable. The new folio has
 * one reference and one mapping for each pte, and is mlocked if the VMA is
 * VM_LOCKED; no batch has a reference on it.
 *
 * Contract: ME-4
 */
static void restore_maps_new_folio(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *dst;
	struct scene s;
	int nr_ptes;

	mmk_scene_unmap(test, &s, mm, how);
	nr_ptes = s.child ? 2 : 1;
	dst = mmk_hold_copy(test, s.hold);
	lru_add_drain();
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), scene_idle_refs(&s));

	remove_migration_ptes(s.src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst),
			scene_idle_refs(&s) + nr_ptes);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), nr_ptes);
	KUNIT_EXPECT_EQ(test, folio_test_mlocked(dst), how->locked);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 0);
	mmk_hold_finish(test, s.hold, true);

	mmk_expect_mapped(test, mm, s.addr, dst, how->write,
			  entry_may_be(how->young), entry_may_be(how->dirty));
	if (s.child)
		mmk_expect_mapped(test, s.child, s.addr, dst, false,
				  entry_may_be(how->young), false);
	if (is_anon(how->backing))
		me_expect_exclusive(test, dst, how->backing == ANON_EXCLUSIVE);
	KUNIT_EXPECT_EQ(test, folio_test_dirty(dst), how->dirty);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

/**
 * restore_maps_old_folio() - remove_migration_ptes(src, src)
 *
 * The migration has failed: the page is mapped as before.
 *
 * Contract: ME-4, ME-5
 */
static void restore_maps_old_folio(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	struct mmk_mm_state mm_before;
	struct scene s;

	mmk_scene_map(test, &s, mm, how);
	mmk_folio_snapshot(s.src, &before);
	mmk_mm_snapshot(mm, &mm_before);
	before.dirty = how->dirty;
	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	me_expect_kind(test, mm, s.addr, how->kind);

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);

	mmk_expect_folio_same(test, "the folio", s.src, &before);
	mmk_expect_mm_same(test, "the mm", mm, &mm_before);
	mmk_expect_mapped(test, mm, s.addr, s.src, how->write,
			  entry_may_be(how->young), entry_may_be(how->dirty));
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

/**
 * every_mapping_is_restored() - One folio, three ptes
 *
 * A page of tmpfs is mapped writable, read-only at a second address, and
 * writable in a second mm. Each pte becomes an entry of its own kind, and each
 * entry a pte of the new folio.
 *
 * Contract: ME-3, ME-4
 */
static void every_mapping_is_restored(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test), *other;
	unsigned long ro;
	struct folio *dst;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	ro = mmk_mmap(test, s.file, PAGE_SIZE, PROT_READ, MAP_SHARED);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, ro, false), 0);
	other = mmk_fork(test);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(other, s.addr, true), 0);
	mmk_pte_set_flags(test, mm, ro, false, false);
	mmk_pte_set_flags(test, other, s.addr, true, false);
	KUNIT_ASSERT_EQ(test, folio_mapcount(s.src), 3);

	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	MMK_EXPECT_PTE(test, mm, s.addr, MIGRATION_WRITE);
	MMK_EXPECT_PTE(test, mm, ro, MIGRATION_READ);
	MMK_EXPECT_PTE(test, other, s.addr, MIGRATION_WRITE);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 0);

	dst = mmk_hold_copy(test, s.hold);
	lru_add_drain();
	remove_migration_ptes(s.src, dst, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(dst), 3);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), scene_idle_refs(&s) + 3);
	mmk_hold_finish(test, s.hold, true);
	mmk_expect_mapped(test, mm, s.addr, dst, true, entry_may_be(true),
			  entry_may_be(true));
	mmk_expect_mapped(test, mm, ro, dst, false, false, false);
	mmk_expect_mapped(test, other, s.addr, dst, true, entry_may_be(true),
			  false);
}

/**
 * other_entries_are_left_alone() - Four folios under migration at once
 *
 * Only the entries of the folio that has been moved are removed: not those of
 * its neighbours, and not that of another folio at the same address in a child,
 * which the rmap walk visits as well.
 *
 * Contract: ME-4
 */
static void other_entries_are_left_alone(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test), *child;
	unsigned long addr = mmk_map_anon(test, 3), mid = addr + PAGE_SIZE;
	struct mmk_hold *hold[4];
	struct folio *src[4];
	int i;

	mmk_fill(test, addr, 3, SCENE_SEED);
	child = mmk_fork(test);
	/* The child keeps the old pages. */
	mmk_fill(test, addr, 3, SCENE_SEED + 1);
	for (i = 0; i < 3; i++)
		src[i] = mmk_pte_folio(test, mm, addr + i * PAGE_SIZE);
	src[3] = mmk_pte_folio(test, child, mid);
	KUNIT_ASSERT_PTR_NE(test, src[1], src[3]);
	for (i = 0; i < 4; i++) {
		hold[i] = mmk_hold(test, src[i]);
		try_to_migrate(src[i], 0);
	}
	MMK_EXPECT_PTE(test, child, mid, MIGRATION_READ);
	MMK_EXPECT_PTE(test, child, addr, PRESENT);

	remove_migration_ptes(src[1], src[1], 0);
	MMK_EXPECT_PTE(test, mm, addr, MIGRATION_WRITE);
	MMK_EXPECT_PTE(test, mm, mid, PRESENT);
	MMK_EXPECT_PTE(test, mm, addr + 2 * PAGE_SIZE, MIGRATION_WRITE);
	MMK_EXPECT_PTE(test, child, mid, MIGRATION_READ);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, folio_mapcount(src[i]), i == 1 ? 1 : 0);

	remove_migration_ptes(src[3], src[3], 0);
	MMK_EXPECT_PTE(test, child, mid, PRESENT);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(child, mid),
			    folio_page(src[3], 0));
	KUNIT_EXPECT_EQ(test, folio_mapcount(src[1]), 1);
	remove_migration_ptes(src[0], src[0], 0);
	remove_migration_ptes(src[2], src[2], 0);
	for (i = 0; i < 4; i++)
		mmk_hold_finish(test, hold[i], false);
	MMK_EXPECT_HOLDS(test, addr, 3, SCENE_SEED + 1);
	MMK_EXPECT_MM_HOLDS(test, child, addr, 3, SCENE_SEED);
}

/**
 * clean_folio_is_not_mapped_dirty() - Written back between unmap and restore
 *
 * The entry is dirty, but the folio has been cleaned since: the new pte is
 * clean.
 *
 * Contract: ME-4
 */
static void clean_folio_is_not_mapped_dirty(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct scene s;

	mmk_scene_unmap(test, &s, mm, &how);
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(s.src));
	folio_clear_dirty(s.src);

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, entry_may_be(true), false);
}

/**
 * struct zero_case - A page that the zero page may replace
 * @description: for the KTAP line
 * @last_byte: last byte of the page; the others are zero
 * @flags: for remove_migration_ptes()
 * @locked: the VMA is VM_LOCKED
 * @replaced: the zero page has to replace it
 */
struct zero_case {
	const char *description;
	u8 last_byte;
	int flags;
	bool locked;
	bool replaced;
};

static const struct zero_case zero_cases[] = {
	{ "zeroes", 0, TTU_USE_SHARED_ZEROPAGE, .replaced = true },
	{ "zeroes, but nobody asked", 0, 0 },
	{ "zeroes up to the last byte", 1, TTU_USE_SHARED_ZEROPAGE },
	{ "zeroes, mlocked", 0, TTU_USE_SHARED_ZEROPAGE, .locked = true },
};

KUNIT_ARRAY_PARAM_DESC(zero, zero_cases, description);

/**
 * shared_zeropage_replaces_page() - TTU_USE_SHARED_ZEROPAGE
 *
 * If the caller asks for it, the shared zero page is mapped instead of a page
 * of zeroes: read-only, and without RSS. In a VM_LOCKED VMA it is not.
 *
 * Contract: ME-4
 */
static void shared_zeropage_replaces_page(struct kunit *test)
{
	const struct zero_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_hold *hold;
	struct folio *src;

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_ASSERT_EQ(test,
			mmk_mm_poke(mm, addr + PAGE_SIZE - 1, c->last_byte), 0);
	if (c->locked)
		KUNIT_ASSERT_EQ(test,
				sys_mlock2(addr, PAGE_SIZE, MLOCK_ONFAULT), 0L);
	src = mmk_pte_folio(test, mm, addr);
	hold = mmk_hold(test, src);
	try_to_migrate(src, 0);

	remove_migration_ptes(src, src, c->flags);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	KUNIT_EXPECT_EQ(test, is_zero_pfn(pte_pfn(mmk_pte(mm, addr))),
			c->replaced);
	KUNIT_EXPECT_EQ(test, !pte_write(mmk_pte(mm, addr)), c->replaced);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES),
			c->replaced ? 0UL : 1UL);
	KUNIT_EXPECT_EQ(test, folio_mapcount(src), c->replaced ? 0 : 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(src), c->replaced ? 1 : 2);
	mmk_hold_finish(test, hold, false);

	KUNIT_EXPECT_EQ(test, mmk_mm_poke(mm, addr, 1), 0);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);
}

static const struct page_case device_cases[] = {
	{ "writable", ANON_EXCLUSIVE, .write = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "exclusive, read-only", ANON_EXCLUSIVE,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "shared with a child", ANON_SHARED,
	  .kind = MMK_PTE_MIGRATION_READ },
};

KUNIT_ARRAY_PARAM_DESC(device, device_cases, description);

/**
 * device_private_page_is_restored() - A device-private entry instead of a pte
 *
 * The device-private entry of a page becomes a migration entry, and the same
 * device-private entry again.
 *
 * Contract: ME-3, ME-4
 */
static void device_private_page_is_restored(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *mm = mmk_mm_enter(test), *child = NULL;
	unsigned long addr = mmk_map_anon(test, 1);
	int nr_ptes = how->backing == ANON_SHARED ? 2 : 1;
	enum mmk_pte_kind kind;
	struct folio *folio;

	mmk_fill(test, addr, 1, SCENE_SEED);
	folio = page_folio(mmk_migrate_to_dev(test, mm, addr, dev));
	if (how->backing == ANON_SHARED)
		child = mmk_fork(test);
	else if (!how->write)
		KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, PROT_READ),
				0L);
	kind = how->write ? MMK_PTE_DEVICE_PRIVATE_WRITE :
			    MMK_PTE_DEVICE_PRIVATE_READ;
	me_expect_kind(test, mm, addr, kind);
	folio_get(folio);
	folio_lock(folio);

	try_to_migrate(folio, 0);
	me_expect_entry(test, mm, addr, how->kind, folio, false, false);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	me_expect_exclusive(test, folio, false);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_ANONPAGES), 1UL);

	remove_migration_ptes(folio, folio, 0);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), nr_ptes);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1 + nr_ptes);
	me_expect_kind(test, mm, addr, kind);
	if (child) {
		me_expect_kind(test, child, addr, kind);
		KUNIT_EXPECT_EQ(test, get_mm_counter_sum(child, MM_ANONPAGES), 1UL);
	}
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(mm, addr),
			    folio_page(folio, 0));
	me_expect_exclusive(test, folio, how->backing == ANON_EXCLUSIVE);
	folio_unlock(folio);
	folio_put(folio);
	MMK_EXPECT_HOLDS(test, addr, 1, SCENE_SEED);
}

/**
 * pinned_page_stays_mapped() - A page that is pinned for DMA
 *
 * A pinned anonymous page has to stay exclusive: try_to_migrate() leaves its
 * pte as it was. MMU notifiers, which have been told of a start, are told of
 * the end.
 *
 * Contract: ME-3, ME-15
 */
static void pinned_page_stays_mapped(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .dirty = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_notifier *n;
	struct page *page;
	struct scene s;
	int refs;

	mmk_scene_map(test, &s, mm, &how);
	page = mmk_pin(test, s.addr, FOLL_WRITE);
	mmk_pte_set_flags(test, mm, s.addr, false, true);
	s.hold = mmk_hold(test, s.src);
	refs = folio_ref_count(s.src);
	n = mmk_notifier_alloc(test, mm, s.addr);

	try_to_migrate(s.src, 0);
	mmk_notifier_stop(test, n);
	KUNIT_ASSERT_EQ(test, n->nr, 2U);
	KUNIT_EXPECT_FALSE(test, n->log[0].at_end);
	KUNIT_EXPECT_TRUE(test, n->log[1].at_end);
	MMK_EXPECT_KIND(test, n->log[1].pte, MMK_PTE_PRESENT);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, false, true);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), refs);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 1);
	me_expect_exclusive(test, s.src, true);

	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	mmk_unpin(test, page);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, false, true);
}

/**
 * exec_stack_is_left_alone() - While shift_arg_pages() is at work
 *
 * While exec() moves its stack, an rmap walk could miss an entry.
 * try_to_migrate() skips such a VMA, and the page stays mapped.
 *
 * Contract: ME-3
 */
static void exec_stack_is_left_alone(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_EXCLUSIVE, .write = true,
				       .young = true };
	const unsigned long stack = VM_GROWSDOWN | VM_STACK_INCOMPLETE_SETUP;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	mmk_set_vm_flags(mm, s.addr, stack, true);

	s.hold = mmk_hold(test, s.src);
	try_to_migrate(s.src, 0);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, true, false);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 1);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
	mmk_set_vm_flags(mm, s.addr, stack, false);
}

static struct kunit_case migration_entry_unmap_cases[] = {
	KUNIT_CASE_PARAM(unmap_records_pte, page_gen_params),
	KUNIT_CASE_PARAM(unmap_notifies_secondary_mmus, page_gen_params),
	KUNIT_CASE_PARAM(restore_maps_new_folio, page_gen_params),
	KUNIT_CASE_PARAM(restore_maps_old_folio, page_gen_params),
	KUNIT_CASE(every_mapping_is_restored),
	KUNIT_CASE(other_entries_are_left_alone),
	KUNIT_CASE(clean_folio_is_not_mapped_dirty),
	KUNIT_CASE_PARAM(shared_zeropage_replaces_page, zero_gen_params),
	KUNIT_CASE_PARAM(device_private_page_is_restored, device_gen_params),
	KUNIT_CASE(pinned_page_stays_mapped),
	KUNIT_CASE(exec_stack_is_left_alone),
	{}
};

static struct kunit_suite migration_entry_unmap_suite = {
	.name = "migration_entry_unmap",
	.init = mmk_case_init,
	.test_cases = migration_entry_unmap_cases,
};

kunit_test_suite(migration_entry_unmap_suite);
