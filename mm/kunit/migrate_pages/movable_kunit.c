// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that are not on the LRU, but that their driver can move. What the driver has to be
 * asked is in the comment of struct movable_operations, and in
 * Documentation/mm/page_migration.rst.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/vmstat.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/movable.h"
#include "../lib/guard.h"
#include "../lib/snapshot.h"
#include "migration.h"

#define MOVABLE_SEED	0x5e

/**
 * struct owner - A driver with one page
 * @page: the page
 * @refuses: it does not let it be isolated
 * @error: what it says instead of moving the page
 * @nr_errors: how often
 * @nr_isolate: calls of isolate_page
 * @nr_migrate: calls of migrate_page
 * @nr_putback: calls of putback_page
 * @nr_unlocked: calls with a page that was not locked
 */
struct owner {
	struct page *page;
	bool refuses;
	int error;
	unsigned int nr_errors;
	unsigned int nr_isolate;
	unsigned int nr_migrate;
	unsigned int nr_putback;
	unsigned int nr_unlocked;
};

/* The operations have no argument that would tell. */
static struct owner *owner;

static bool owner_isolate(struct page *page, isolate_mode_t mode)
{
	owner->nr_isolate++;
	owner->nr_unlocked += !PageLocked(page);
	return !owner->refuses;
}

static int owner_migrate(struct page *dst, struct page *src,
			 enum migrate_mode mode);

static void owner_putback(struct page *page)
{
	owner->nr_putback++;
	owner->nr_unlocked += !PageLocked(page);
}

static const struct movable_operations owner_ops = {
	.isolate_page	= owner_isolate,
	.migrate_page	= owner_migrate,
	.putback_page	= owner_putback,
};

static int owner_migrate(struct page *dst, struct page *src,
			 enum migrate_mode mode)
{
	owner->nr_migrate++;
	owner->nr_unlocked += !PageLocked(dst) || !PageLocked(src);
	if (owner->nr_errors) {
		owner->nr_errors--;
		return owner->error;
	}
	copy_highpage(dst, src);
	get_page(dst);
	mmk_movable_set(dst, &owner_ops);
	owner->page = dst;
	mmk_movable_drop(src);
	put_page(src);
	return 0;
}

static void owner_release(void *data)
{
	lock_page(owner->page);
	mmk_movable_drop(owner->page);
	unlock_page(owner->page);
	put_page(owner->page);
	owner = NULL;
	mmk_movable_ops(NULL);
}

static struct owner *owner_create(struct kunit *test)
{
	struct owner *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, o);
	o->page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, o->page);
	KUNIT_ASSERT_EQ(test, mmk_movable_ops(&owner_ops), 0);
	owner = o;
	lock_page(o->page);
	mmk_movable_set(o->page, &owner_ops);
	unlock_page(o->page);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, owner_release,
							NULL), 0);
	memset(page_address(o->page), MOVABLE_SEED, PAGE_SIZE);
	return o;
}

/* It is its driver's alone, as it was before somebody wanted to move it. */
static void expect_at_rest(struct kunit *test, struct page *page)
{
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	KUNIT_EXPECT_FALSE(test, PageLocked(page));
	KUNIT_EXPECT_TRUE(test, mmk_movable_is(page));
	KUNIT_EXPECT_FALSE(test, mmk_movable_isolated(page));
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(page), MOVABLE_SEED,
					   PAGE_SIZE));
}

/**
 * struct movable_case - What the driver says when it has to move its page
 * @description: for the log
 * @error: the error
 * @nr_errors: how often
 * @ret: what migrate_pages() has to return
 * @tries: how often it has to ask, at least
 * @no_more: and not more often
 */
struct movable_case {
	const char *description;
	int error;
	unsigned int nr_errors;
	int ret;
	unsigned int tries;
	bool no_more;
};

static const struct movable_case movable_cases[] = {
	{ "moves", 0, 0, 0, 1, true },
	{ "moves at the second try", -EAGAIN, 1, 0, 2, true },
	{ "never moves", -EAGAIN, UINT_MAX, 1, 2, false },
	{ "cannot move", -EBUSY, UINT_MAX, 1, 1, true },
};

KUNIT_ARRAY_PARAM_DESC(movable, movable_cases, description);

/**
 * page_of_a_driver_is_moved_by_its_driver() - struct movable_operations
 *
 * The driver is asked to let its page be isolated, and to move it, with both pages locked;
 * again, if it says -EAGAIN, and not after any other error (the synchronous mode begins with
 * a round of the asynchronous one, and so asks for both). If it has moved it, the old page
 * is free, and the new one is its own. If it has not, it is told when the page is put back;
 * the page is as before, and can be isolated again. Each destination that was not used is
 * given back. No counter of the LRU has changed: the page never was on it.
 *
 * Contract: ME-15, ME-5
 */
static void page_of_a_driver_is_moved_by_its_driver(struct kunit *test)
{
	const struct movable_case *c = test->param_value;
	struct owner *o = owner_create(test);
	unsigned int succeeded = 0;
	struct page *from = o->page;
	unsigned long moved, failed;
	long isolated;
	struct migration m;

	isolated = mmk_node_page_state(NR_ISOLATED_ANON) +
		   mmk_node_page_state(NR_ISOLATED_FILE);
	moved = mmk_vm_event(PGMIGRATE_SUCCESS);
	failed = mmk_vm_event(PGMIGRATE_FAIL);
	o->error = c->error;
	o->nr_errors = c->nr_errors;
	mp_init(&m);
	mp_add(test, &m, page_folio(from));
	KUNIT_EXPECT_TRUE(test, mmk_movable_isolated(from));
	KUNIT_EXPECT_EQ(test, page_ref_count(from), 2);
	KUNIT_EXPECT_EQ(test, mp_run(&m, MIGRATE_ASYNC, &succeeded), c->ret);
	KUNIT_EXPECT_EQ(test, list_empty(&m.list), !c->ret);
	KUNIT_EXPECT_EQ(test, succeeded, !c->ret);
	KUNIT_EXPECT_EQ(test, m.nr_new - m.nr_returned, !c->ret);
	KUNIT_EXPECT_EQ(test, o->nr_putback, 0U);
	putback_movable_pages(&m.list);
	KUNIT_EXPECT_EQ(test, o->nr_isolate, 1U);
	KUNIT_EXPECT_GE(test, o->nr_migrate, c->tries);
	if (c->no_more)
		KUNIT_EXPECT_EQ(test, o->nr_migrate, c->tries);
	KUNIT_EXPECT_EQ(test, o->nr_putback, (unsigned int)c->ret);
	KUNIT_EXPECT_EQ(test, o->nr_unlocked, 0U);
	KUNIT_EXPECT_EQ(test, o->page != from, !c->ret);
	if (o->page != from)
		KUNIT_EXPECT_EQ(test, page_ref_count(from), 0);
	expect_at_rest(test, o->page);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_ISOLATED_ANON) +
			mmk_node_page_state(NR_ISOLATED_FILE), isolated);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMIGRATE_SUCCESS) - moved,
			(unsigned long)!c->ret);
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMIGRATE_FAIL) - failed,
			(unsigned long)c->ret);
}

/**
 * page_of_a_driver_is_isolated_once() - Or not at all
 *
 * A page that is isolated already, that somebody has locked, or that the driver does not give
 * away is not isolated, and has no more references than before. The driver is not asked twice
 * for a page that it has given away.
 *
 * Contract: ME-15
 */
static void page_of_a_driver_is_isolated_once(struct kunit *test)
{
	struct owner *o = owner_create(test);
	LIST_HEAD(list);

	o->refuses = true;
	KUNIT_EXPECT_FALSE(test, mmk_movable_isolate(o->page));
	expect_at_rest(test, o->page);
	o->refuses = false;
	lock_page(o->page);
	KUNIT_EXPECT_FALSE(test, mmk_movable_isolate(o->page));
	unlock_page(o->page);
	expect_at_rest(test, o->page);
	KUNIT_EXPECT_EQ(test, o->nr_isolate, 1U);
	KUNIT_EXPECT_TRUE(test, mmk_movable_isolate(o->page));
	KUNIT_EXPECT_FALSE(test, mmk_movable_isolate(o->page));
	KUNIT_EXPECT_EQ(test, o->nr_isolate, 2U);
	KUNIT_EXPECT_EQ(test, page_ref_count(o->page), 2);
	KUNIT_EXPECT_TRUE(test, mmk_movable_isolated(o->page));
	list_add(&o->page->lru, &list);
	putback_movable_pages(&list);
	KUNIT_EXPECT_EQ(test, o->nr_putback, 1U);
	KUNIT_EXPECT_EQ(test, o->nr_unlocked, 0U);
	expect_at_rest(test, o->page);
}

static struct kunit_case migrate_pages_movable_cases[] = {
	KUNIT_CASE_PARAM(page_of_a_driver_is_moved_by_its_driver,
			 movable_gen_params),
	KUNIT_CASE(page_of_a_driver_is_isolated_once),
	{}
};

static struct kunit_suite migrate_pages_movable_suite = {
	.name = "migrate_pages_movable",
	.init = mmk_case_init,
	.test_cases = migrate_pages_movable_cases,
};

kunit_test_suite(migrate_pages_movable_suite);
