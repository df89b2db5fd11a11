// SPDX-License-Identifier: GPL-2.0
/*
 * migrate_pages() that leaves a folio where it is.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/snapshot.h"
#include "migration.h"

/* ME-3: from the pte to the entry */

KUNIT_ARRAY_PARAM_DESC(page, mmk_page_cases, description);

/* ME-5, ME-12, ME-15: migrate_pages() */

/**
 * referenced_folio_is_put_back() - A migration that fails
 *
 * The folio has an unexpected reference, so it may not move: migrate_folio()
 * says -EAGAIN, and migrate_pages() leaves the folio on the list, gives every
 * destination back, and counts one failure. Once the folio is back on the LRU,
 * all is as before.
 *
 * Contract: ME-5, ME-15
 */
static void referenced_folio_is_put_back(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	struct mmk_mm_state mm_before;
	unsigned int succeeded = 7;
	unsigned long events;
	struct migration m;
	struct scene s;
	int pins;

	mmk_scene_map(test, &s, mm, how);
	mmk_folio_get(test, s.src);
	mmk_folio_snapshot(s.src, &before);
	before.dirty = how->dirty;
	mmk_mm_snapshot(mm, &mm_before);
	pins = anon_vma_refs(s.src);
	mp_init(&m);
	mp_add(test, &m, s.src);
	events = mmk_vm_event(PGMIGRATE_FAIL);

	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_ASYNC, &succeeded), 1);
	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	/* After one attempt: MIGRATE_SYNC makes two in one call. */
	mmk_expect_mapped(test, mm, s.addr, s.src, how->write,
			  entry_may_be(how->young), entry_may_be(how->dirty));
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_SYNC, &succeeded), 1);
	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMIGRATE_FAIL), events + 2);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&m.list));
	KUNIT_EXPECT_PTR_EQ(test, s.src,
			    list_first_entry_or_null(&m.list, struct folio,
						     lru));
	KUNIT_EXPECT_GE(test, m.nr_new, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, m.nr_new);
	KUNIT_EXPECT_FALSE(test, folio_test_lru(s.src));
	putback_movable_pages(&m.list);

	mmk_expect_folio_same(test, "the folio", s.src, &before);
	mmk_expect_mm_same(test, "the mm", mm, &mm_before);
	KUNIT_EXPECT_EQ(test, anon_vma_refs(s.src), pins);
	mmk_expect_mapped(test, mm, s.addr, s.src, how->write,
			  entry_may_be(how->young), entry_may_be(how->dirty));
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

/**
 * migrate_folio_refuses_reference() - -EAGAIN for an unexpected reference
 *
 * Contract: ME-15
 */
static void migrate_folio_refuses_reference(struct kunit *test)
{
	const struct page_case *how = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct address_space *mapping;
	struct folio *dst;
	struct scene s;

	mmk_scene_unmap(test, &s, mm, how);
	dst = folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
	KUNIT_ASSERT_NOT_NULL(test, dst);
	folio_lock(dst);
	folio_get(s.src);
	mapping = folio_mapping(s.src);
	KUNIT_EXPECT_EQ(test, migrate_folio(mapping, dst, s.src, MIGRATE_SYNC),
			-EAGAIN);
	folio_put(s.src);
	KUNIT_EXPECT_NULL(test, dst->mapping);
	KUNIT_EXPECT_EQ(test, folio_ref_count(dst), 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.src), scene_idle_refs(&s));
	if (mapping)
		KUNIT_EXPECT_PTR_EQ(test, xa_load(&mapping->i_pages, 0),
				    (void *)s.src);
	folio_unlock(dst);
	folio_put(dst);
	remove_migration_ptes(s.src, s.src, 0);
	mmk_hold_finish(test, s.hold, false);
}

/**
 * mapped_folio_is_put_back() - One of its ptes cannot be replaced
 *
 * Parent and child share a page. In the child it is part of a stack that exec()
 * is moving, which rmap walks skip. The migration fails, and the parent's pte
 * is restored.
 *
 * Contract: ME-5, ME-15
 */
static void mapped_folio_is_put_back(struct kunit *test)
{
	const struct page_case how = { .backing = ANON_SHARED, .young = true };
	const unsigned long stack = VM_GROWSDOWN | VM_STACK_INCOMPLETE_SETUP;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int succeeded = 7;
	struct migration m;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	mp_init(&m);
	mp_add(test, &m, s.src);
	mmk_set_vm_flags(s.child, s.addr, stack, true);

	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_ASYNC, &succeeded), 1);
	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, m.nr_new);
	mmk_expect_mapped(test, mm, s.addr, s.src, false, true, false);
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.src), 2);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(s.src));

	mmk_set_vm_flags(s.child, s.addr, stack, false);
	putback_movable_pages(&m.list);
	MMK_EXPECT_MM_HOLDS(test, s.child, s.addr, 1, SCENE_SEED);
}

/**
 * immovable_folio_is_not_retried() - An error that is here to stay
 *
 * The mapping is AS_INACCESSIBLE: the kernel may not read its pages, and so
 * cannot copy them. migrate_pages() does not try again: it restores the pte and
 * gives the destination back.
 *
 * Contract: ME-5, ME-15
 */
static void immovable_folio_is_not_retried(struct kunit *test)
{
	const struct page_case how = { .backing = SHMEM_SHARED, .write = true,
				       .dirty = true, .young = true };
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_folio_state before;
	unsigned int succeeded = 7;
	struct migration m;
	struct scene s;

	mmk_scene_map(test, &s, mm, &how);
	mmk_folio_snapshot(s.src, &before);
	before.dirty = true;
	mp_init(&m);
	mp_add(test, &m, s.src);
	mapping_set_inaccessible(s.file->f_mapping);
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_ASYNC, &succeeded), 1);
	clear_bit(AS_INACCESSIBLE, &s.file->f_mapping->flags);

	KUNIT_EXPECT_EQ(test, succeeded, 0U);
	KUNIT_EXPECT_EQ(test, m.nr_new, 1U);
	KUNIT_EXPECT_EQ(test, m.nr_returned, 1U);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&m.list));
	putback_movable_pages(&m.list);
	mmk_expect_mapped(test, mm, s.addr, s.src, true, entry_may_be(true),
			  entry_may_be(true));
	mmk_expect_folio_same(test, "the folio", s.src, &before);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

static struct kunit_case migrate_pages_refuse_cases[] = {
	KUNIT_CASE_PARAM(referenced_folio_is_put_back, page_gen_params),
	KUNIT_CASE_PARAM(migrate_folio_refuses_reference, page_gen_params),
	KUNIT_CASE(mapped_folio_is_put_back),
	KUNIT_CASE(immovable_folio_is_not_retried),
	{}
};

static struct kunit_suite migrate_pages_refuse_suite = {
	.name = "migrate_pages_refuse",
	.init = mmk_case_init,
	.test_cases = migrate_pages_refuse_cases,
};

kunit_test_suite(migrate_pages_refuse_suite);
