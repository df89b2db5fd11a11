// SPDX-License-Identifier: GPL-2.0
/*
 * UFFDIO_MOVE that sleeps has no reference on a folio that is under migration,
 * or that has to be split: a reference would keep both from succeeding.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "mover.h"

/* How many pages of a huge page hold something, counted by themselves */
#define FILLED	2

/**
 * struct moving - A page under migration that is to be moved
 * @m: the userfaultfd
 * @huge: it is a huge page
 * @folio: its folio
 * @hold: the migration's hold on it
 * @args: the move
 */
struct moving {
	struct mover *m;
	bool huge;
	struct folio *folio;
	struct mmk_hold *hold;
	struct uffdio_move args;
};

static void moving_create(struct kunit *test, struct moving *v, unsigned int nr)
{
	unsigned int i;

	if (!v->huge) {
		v->m = um_create(test);
		return;
	}
	v->m = um_open(test, mmk_mm_enter(test));
	v->m->src = mmk_map_huge(test, v->m->mm, nr);
	v->m->dst = mmk_map_huge_hole(test, v->m->mm, nr);
	for (i = 0; i < nr; i++)
		mmk_fill(test, v->m->src + i * MMK_HUGE_SIZE, FILLED, SEED);
	um_forget(test, v->m, v->m->dst, MMK_HUGE_SIZE);
	um_register(test, v->m, v->m->dst, nr * MMK_HUGE_SIZE);
}

/* The page at this offset is under migration, and to be moved. */
static void moving_unmap(struct kunit *test, struct moving *v,
			 unsigned long offset, size_t size)
{
	v->args = (struct uffdio_move){
		.dst = v->m->dst + offset,
		.src = v->m->src + offset,
		.len = size,
	};
	v->folio = v->huge ? mmk_pmd_folio(test, v->m->mm, v->args.src) :
			     mmk_pte_folio(test, v->m->mm, v->args.src);
	v->hold = mmk_hold(test, v->folio);
	try_to_migrate(v->folio, 0);
}

static enum mmk_pte_kind kind_at(const struct moving *v, unsigned long addr)
{
	return v->huge ? mmk_pmd_kind(v->m->mm, addr) :
			 mmk_pte_kind(v->m->mm, addr);
}

static struct folio *folio_at(struct kunit *test, const struct moving *v,
			      unsigned long addr)
{
	return v->huge ? mmk_pmd_folio(test, v->m->mm, addr) :
			 mmk_pte_folio(test, v->m->mm, addr);
}

static void expect_moved(struct kunit *test, const struct moving *v,
			 const struct um_move *move, struct folio *folio)
{
	UM_EXPECT_RESULT(test, move, 0, v->args.len);
	MMK_EXPECT_KIND(test, kind_at(v, v->args.src), MMK_PTE_NONE);
	MMK_EXPECT_KIND(test, kind_at(v, v->args.dst), MMK_PTE_PRESENT);
	KUNIT_ASSERT_PTR_EQ(test, folio_at(test, v, v->args.dst), folio);
	um_expect_rmap(test, v->m, folio, v->args.dst);
	if (v->huge)
		MMK_EXPECT_MM_HOLDS(test, v->m->mm, v->args.dst, FILLED, SEED);
	else
		MMK_EXPECT_PART_HOLDS(test, v->m->mm, v->args.dst,
				      (v->args.dst - v->m->dst) / PAGE_SIZE, 1,
				      SEED);
}

/**
 * struct migration_case - A migration that the mover meets
 * @description: for the KTAP line
 * @huge: the page is huge, and the entry is a pmd
 * @done: it succeeds
 */
struct migration_case {
	const char *description;
	bool huge;
	bool done;
};

static const struct migration_case migration_cases[] = {
	{ "page, done", false, true },
	{ "page, given up", false, false },
	{ "huge page, done", true, true },
	{ "huge page, given up", true, false },
};

KUNIT_ARRAY_PARAM_DESC(migration, migration_cases, description);

/**
 * migration_is_waited_for() - The page is moved when its migration has ended
 *
 * The mover sleeps in the queue of the folio, has no reference on it, and
 * leaves both places as they are. The migration succeeds the first time. The
 * second try moves what is there, the new page or the old one.
 *
 * Contract: UM-1, UM-2, UM-3
 */
static void migration_is_waited_for(struct kunit *test)
{
	const struct migration_case *c = test->param_value;
	struct um_move *move;
	struct folio *to;
	struct moving v = { .huge = c->huge };

	moving_create(test, &v, 1);
	moving_unmap(test, &v, 0, c->huge ? MMK_HUGE_SIZE : PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, (int)kind_at(&v, v.args.src),
			(int)MMK_PTE_MIGRATION_WRITE);
	KUNIT_ASSERT_EQ(test, folio_ref_count(v.folio), 1);
	v.m->watch.folio = v.folio;
	move = um_start(test, v.m, &v.args);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&move->task));
	KUNIT_EXPECT_TRUE(test, mmk_task_waits_for(test, move->task.task,
						   v.folio));
	KUNIT_EXPECT_EQ(test, folio_ref_count(v.folio), 1);
	KUNIT_EXPECT_LE(test, v.m->watch.tries, 1U);
	MMK_EXPECT_KIND(test, kind_at(&v, v.args.src), MMK_PTE_MIGRATION_WRITE);
	MMK_EXPECT_KIND(test, kind_at(&v, v.args.dst), MMK_PTE_NONE);

	to = c->done ? mmk_hold_copy(test, v.hold) : v.folio;
	v.m->watch.folio = NULL;
	remove_migration_ptes(v.folio, to, 0);
	mmk_hold_finish(test, v.hold, c->done);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	KUNIT_EXPECT_LE(test, v.m->watch.tries, 2U);
	expect_moved(test, &v, move, to);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_ref_count(to), 1);
	KUNIT_EXPECT_EQ(test, folio_mapcount(to), 1);
}

/**
 * page_of_a_huge_page_is_moved_afterwards() - A part of one that is under migration
 *
 * The mover splits the entry, and sleeps until the migration has ended. Then it
 * splits the folio, and moves the page. The others stay.
 *
 * Contract: UM-1, UM-2
 */
static void page_of_a_huge_page_is_moved_afterwards(struct kunit *test)
{
	struct moving v = { .huge = true };
	struct um_move *move;

	moving_create(test, &v, 1);
	moving_unmap(test, &v, 0, MMK_HUGE_SIZE);
	KUNIT_ASSERT_EQ(test, (int)kind_at(&v, v.args.src),
			(int)MMK_PTE_MIGRATION_WRITE);
	v.args.len = PAGE_SIZE;
	move = um_start(test, v.m, &v.args);
	KUNIT_ASSERT_TRUE(test, mmk_task_waits(&move->task));

	/* The mover runs when nobody refers to the folio any more. */
	sched_set_fifo(current);
	remove_migration_ptes(v.folio, v.folio, 0);
	mmk_hold_finish(test, v.hold, false);
	lru_add_drain();
	sched_set_normal(current, 0);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	v.huge = false;
	expect_moved(test, &v, move, mmk_pte_folio(test, v.m->mm, v.args.dst));
	MMK_EXPECT_PART_HOLDS(test, v.m->mm, v.args.src + PAGE_SIZE, 1,
			      FILLED - 1, SEED);
}

/**
 * struct finisher - A task that ends a migration at the last moment
 * @in: when it runs
 * @v: the page under migration
 * @to: what is mapped in the end
 * @relock: it locks the old page again, which has another owner then
 */
struct finisher {
	struct um_intruder in;
	struct moving *v;
	struct folio *to;
	bool relock;
};

static void unlock_action(void *folio)
{
	folio_unlock(folio);
}

static void finisher_main(struct mmk_task *task)
{
	struct finisher *f = container_of(task, struct finisher, in.task);

	remove_migration_ptes(f->v->folio, f->to, 0);
	mmk_hold_finish(NULL, f->v->hold, true);
	if (f->relock)
		folio_lock(f->v->folio);
}

/* Return: whether the mover has dropped the lock @nth times */
static bool migration_ends_at(struct kunit *test, struct moving *v,
			      unsigned int nth, bool relock)
{
	struct um_move *move = um_prepare(test, v->m, &v->args);
	struct finisher *f = mmk_task_alloc(test, sizeof(*f), v->m->mm,
					    finisher_main);
	bool been;

	f->v = v;
	f->to = mmk_hold_copy(test, v->hold);
	f->relock = relock;
	if (relock)
		mmk_folio_get(test, v->folio);
	um_intruder_watch(test, &f->in, move,
			  mmk_lock_map(&v->m->mm->page_table_lock), nth);
	mmk_process_start(&move->task);
	/* The mover may sleep before it has dropped the lock @nth times. */
	mmk_wait_for(f->in.drops >= nth || mmk_task_waits(&move->task));
	um_intruder_stop(&f->in);
	been = f->in.drops >= nth;
	if (been)
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&f->in.task));
	else
		finisher_main(&f->in.task);
	if (relock)
		KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
								unlock_action,
								v->folio), 0);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	KUNIT_EXPECT_LE(test, v->m->watch.tries, 2U);
	expect_moved(test, v, move, f->to);
	return been;
}

/* More often than the mover drops the lock before it sleeps */
#define NR_MOMENTS	6

/**
 * struct moment_case - What is under migration
 * @description: for the KTAP line
 * @huge: it is a huge page
 * @relock: the old page is kept, and locked by another task
 */
struct moment_case {
	const char *description;
	bool huge;
	bool relock;
};

static const struct moment_case moment_cases[] = {
	{ "page", false },
	{ "page, the old one locked again", false, true },
	/* A kernel that takes it for the page under migration BUG()s if it is not. */
	{ "huge page, the old one locked again", true, true },
};

KUNIT_ARRAY_PARAM_DESC(moment, moment_cases, description);

/**
 * ended_migration_is_not_waited_for() - The entry has gone
 *
 * A real-time task ends the migration when the mover drops the page table lock:
 * the first time, the second time in the next run, and so on, until the mover
 * sleeps first. The old page is then freed, or another task has locked it for
 * as long as the case lasts. The mover does not use what it has seen of the old
 * page, does not wait for it, and moves the new one.
 *
 * Contract: UM-2, UM-3
 */
static void ended_migration_is_not_waited_for(struct kunit *test)
{
	const struct moment_case *c = test->param_value;
	struct moving v = { .huge = c->huge };
	size_t size = c->huge ? MMK_HUGE_SIZE : PAGE_SIZE;
	unsigned int i;

	if (!IS_ENABLED(CONFIG_PREEMPTION))
		kunit_skip(test, "needs CONFIG_PREEMPTION");
	moving_create(test, &v, NR_MOMENTS);
	for (i = 0; i < NR_MOMENTS; i++) {
		moving_unmap(test, &v, i * size, size);
		if (!migration_ends_at(test, &v, i + 1, c->relock))
			break;
	}
	KUNIT_EXPECT_GE_MSG(test, i, 2U, "nothing came in between");
	KUNIT_EXPECT_LT_MSG(test, i, (unsigned int)NR_MOMENTS,
			    "not all moments have been tried");
}

/**
 * struct owner_case - A large folio that another task has locked
 * @description: for the KTAP line
 * @huge: it is mapped by a pmd
 * @page: which of its pages is moved
 */
struct owner_case {
	const char *description;
	bool huge;
	unsigned int page;
};

static const struct owner_case owner_cases[] = {
	{ "large folio, first page", false, 0 },
	{ "large folio, another page", false, 7 },
	{ "page of a huge page", true, 7 },
};

KUNIT_ARRAY_PARAM_DESC(owner, owner_cases, description);

/**
 * locked_large_folio_can_be_split() - By its owner, while the mover wants it
 *
 * The mover needs a large folio that another task has locked. It has no
 * reference while it waits, so that the owner can split the folio. Once the
 * folio is unlocked, the page is moved.
 *
 * Contract: UM-2, UM-3
 */
static void locked_large_folio_can_be_split(struct kunit *test)
{
	const struct owner_case *c = test->param_value;
	struct moving v = { .huge = true };
	struct uffdio_move args = { .len = PAGE_SIZE };
	struct um_move *move;
	struct page *page;
	int err;

	v.m = um_open(test, mmk_mm_enter(test));
	v.m->src = mmk_map_huge(test, v.m->mm, 1);
	v.m->dst = mmk_map_huge_hole(test, v.m->mm, 1);
	mmk_fill(test, v.m->src, MMK_HUGE_PAGES, SEED);
	um_register(test, v.m, v.m->dst, MMK_HUGE_SIZE);
	v.folio = mmk_pmd_folio(test, v.m->mm, v.m->src);
	page = folio_page(v.folio, c->page);
	lru_add_drain_all();
	if (!c->huge)
		KUNIT_ASSERT_EQ(test, do_madvise(v.m->mm, v.m->src +
						 (MMK_HUGE_PAGES - 1) *
						 PAGE_SIZE, PAGE_SIZE,
						 MADV_DONTNEED), 0);
	/* The split expects its caller to have a reference. */
	folio_get(v.folio);
	folio_lock(v.folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unlock_action,
							page_folio(page)), 0);
	args.src = v.m->src + c->page * PAGE_SIZE;
	args.dst = v.m->dst + c->page * PAGE_SIZE;
	/* The mover tries again and again, and has split a pmd by then. */
	v.m->watch.pause_at = 4;
	move = um_start(test, v.m, &args);
	KUNIT_EXPECT_TRUE_MSG(test, mmk_task_sleeps_in(&move->task, "watch_start"),
			      "it sleeps in its first try");
	KUNIT_EXPECT_EQ(test, folio_ref_count(v.folio),
			folio_mapcount(v.folio) + 1);
	err = split_folio(v.folio);
	KUNIT_EXPECT_EQ_MSG(test, err, 0, "the owner cannot split it");
	MMK_EXPECT_PTE(test, v.m->mm, args.dst, NONE);
	kunit_release_action(test, unlock_action, v.folio);
	folio_put(v.folio);
	complete(&v.m->watch.go);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	MMK_EXPECT_PTE(test, v.m->mm, args.src, NONE);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(v.m->mm, args.dst), page);
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, page_ref_count(page), 1);
	MMK_EXPECT_PART_HOLDS(test, v.m->mm, args.dst, c->page, 1, SEED);
}

/**
 * locked_page_is_waited_for() - A small folio that another task has locked
 *
 * The mover sleeps until the page is unlocked, with both ptes as before. Then
 * the first try moves the page.
 *
 * Contract: UM-2
 */
static void locked_page_is_waited_for(struct kunit *test)
{
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = PAGE_SIZE,
	};
	struct mmk_page_state before;
	struct um_move *move;

	mmk_page_snapshot(test, &before, m->mm, m->src);
	folio_lock(before.folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unlock_action,
							before.folio), 0);
	move = um_start(test, m, &args);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&move->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(m->mm, m->src),
					     before.pte));
	MMK_EXPECT_PTE(test, m->mm, m->dst, NONE);
	kunit_release_action(test, unlock_action, before.folio);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 1U);
	um_expect_page_moved(test, m, &before, m->dst);
}

static struct kunit_case uffd_move_sleep_cases[] = {
	KUNIT_CASE_PARAM(migration_is_waited_for,
			 migration_gen_params),
	KUNIT_CASE(page_of_a_huge_page_is_moved_afterwards),
	KUNIT_CASE_PARAM(ended_migration_is_not_waited_for,
			 moment_gen_params),
	KUNIT_CASE_PARAM(locked_large_folio_can_be_split, owner_gen_params),
	KUNIT_CASE(locked_page_is_waited_for),
	{}
};

static struct kunit_suite uffd_move_sleep_suite = {
	.name = "uffd_move_sleep",
	.init = mmk_case_init,
	.test_cases = uffd_move_sleep_cases,
};

kunit_test_suite(uffd_move_sleep_suite);
