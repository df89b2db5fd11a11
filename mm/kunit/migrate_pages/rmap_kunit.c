// SPDX-License-Identifier: GPL-2.0
/*
 * The lock of the reverse mapping during a migration.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/rwsem.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "migration.h"

/**
 * struct entry_watch - What is seen when ptes change
 * @lock: of the reverse mapping of the page
 * @nr_set: ptes that have become migration entries
 * @nr_restored: ptes that stand where migration entries were
 * @nr_unlocked: without @lock
 */
struct entry_watch {
	struct rw_semaphore *lock;
	unsigned int nr_set;
	unsigned int nr_restored;
	unsigned int nr_unlocked;
};

static void entry_set(void *data, unsigned long addr, unsigned long pte,
		      int order)
{
	struct entry_watch *w = data;

	w->nr_set++;
	w->nr_unlocked += !rwsem_is_locked(w->lock);
}

static void entry_restored(void *data, unsigned long addr, unsigned long pte,
			   int order)
{
	struct entry_watch *w = data;

	w->nr_restored++;
	w->nr_unlocked += !rwsem_is_locked(w->lock);
}

static void entry_unwatch(void *data)
{
	mmk_unwatch_entries(entry_set, entry_restored, data);
}

static struct entry_watch *entry_watch(struct kunit *test, struct folio *folio)
{
	struct entry_watch *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->lock = folio_test_anon(folio) ?
		  &folio_anon_vma(folio)->root->rwsem :
		  &folio_mapping(folio)->i_mmap_rwsem;
	if (mmk_watch_entries(entry_set, entry_restored, w))
		kunit_skip(test, "needs the tracepoints of migration");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, entry_unwatch, w),
			0);
	return w;
}

/* A page, and what becomes of it */
struct rmap_case {
	const struct page_case *how;
	bool moves;
};

static struct rmap_case rmap_case;

/* Each kind of page, moved and put back */
MMK_GEN_PARAMS(rmap)
{
	if (!prev) {
		rmap_case = (struct rmap_case){ .how = mmk_page_cases };
	} else if (!rmap_case.moves) {
		rmap_case.moves = true;
	} else {
		rmap_case.moves = false;
		if (++rmap_case.how == mmk_page_cases + MMK_NR_PAGE_CASES)
			return NULL;
	}
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s",
		 rmap_case.how->description,
		 rmap_case.moves ? "moved" : "put back");
	return &rmap_case;
}

/**
 * ptes_change_under_the_rmap_lock() - migrate_pages(), there and back
 *
 * Whoever holds the lock of the reverse mapping finds all ptes of a page, or all migration
 * entries: it is taken while these are set, and taken again while they are replaced, whether
 * the page has moved or not. Without it, fork() and mremap() could copy or move an entry
 * behind the back of the walk, which is never restored then.
 *
 * Contract: ME-7, ME-4
 */
static void ptes_change_under_the_rmap_lock(struct kunit *test)
{
	const struct rmap_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct entry_watch *w;
	struct migration m;
	struct scene s;

	mmk_scene_map(test, &s, mm, c->how);
	if (!c->moves)
		folio_get(s.src);
	mp_init(&m);
	mp_add(test, &m, s.src);
	w = entry_watch(test, s.src);
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_SYNC, NULL), !c->moves);
	kunit_release_action(test, entry_unwatch, w);
	KUNIT_EXPECT_GT(test, w->nr_set, 0U);
	KUNIT_EXPECT_EQ(test, w->nr_restored, w->nr_set);
	KUNIT_EXPECT_EQ(test, w->nr_unlocked, 0U);
	putback_movable_pages(&m.list);
	if (!c->moves)
		folio_put(s.src);
	MMK_EXPECT_PTE(test, mm, s.addr, PRESENT);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SCENE_SEED);
}

static struct kunit_case migrate_pages_rmap_cases[] = {
	KUNIT_CASE_PARAM(ptes_change_under_the_rmap_lock, rmap_gen_params),
	{}
};

static struct kunit_suite migrate_pages_rmap_suite = {
	.name = "migrate_pages_rmap",
	.init = mmk_case_init,
	.test_cases = migrate_pages_rmap_cases,
};

kunit_test_suite(migrate_pages_rmap_suite);
