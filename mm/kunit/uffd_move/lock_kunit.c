// SPDX-License-Identifier: GPL-2.0
/*
 * UFFDIO_MOVE, and the locks of VMAs and of the reverse map: it takes them in
 * turn, lets go of them, and can be killed.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd_k.h>

#include "../../internal.h"
#include "../compat/vma.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "mover.h"

static void expect_vmas_idle(struct kunit *test, struct mover *m, long idle)
{
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(mmk_vma_at(m->mm, m->src)),
			idle);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(mmk_vma_at(m->mm, m->dst)),
			idle);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(m->mm), 0L);
}

/**
 * struct busy_case - VMAs that another task has locked for writing
 * @description: for the KTAP line
 * @src: that of the source
 * @dst: that of the destination
 * @same: both are one VMA
 */
struct busy_case {
	const char *description;
	bool src;
	bool dst;
	bool same;
};

static const struct busy_case busy_cases[] = {
	{ "source", true, false },
	{ "destination", false, true },
	{ "both", true, true },
	{ "one VMA", true, true, true },
};

KUNIT_ARRAY_PARAM_DESC(busy, busy_cases, description);

/**
 * locked_vma_is_waited_for() - A VMA is being changed
 *
 * The mover cannot have the VMA lock, and sleeps until mmap_lock is free. It
 * has moved nothing by then. Afterwards it moves the page in its first try, and
 * no lock is left behind.
 *
 * Contract: UM-2
 */
static void locked_vma_is_waited_for(struct kunit *test)
{
	const struct busy_case *c = test->param_value;
	struct mover *m = um_create(test);
	struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = PAGE_SIZE,
	};
	struct mmk_page_state before;
	struct um_move *move;
	long idle;

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
	if (c->same) {
		args.dst = m->src;
		args.src = m->src + PAGE_SIZE;
		KUNIT_ASSERT_EQ(test, do_madvise(m->mm, m->src, PAGE_SIZE,
						 MADV_DONTNEED), 0);
		um_register(test, m, m->src, UM_PAGES * PAGE_SIZE);
	}
	idle = mmk_vma_lock_count(mmk_vma_at(m->mm, m->src));
	mmk_page_snapshot(test, &before, m->mm, args.src);
	move = um_prepare(test, m, &args);
	mmap_write_lock(m->mm);
	if (c->src)
		vma_start_write(vma_lookup(m->mm, args.src));
	if (c->dst)
		vma_start_write(vma_lookup(m->mm, args.dst));
	mmk_process_start(&move->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&move->task, "move_main"));
	KUNIT_EXPECT_EQ(test, m->watch.tries, 0U);
	mmap_write_unlock(m->mm);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 1U);
	um_expect_page_moved(test, m, &before, args.dst);
	expect_vmas_idle(test, m, idle);
}

/**
 * struct gone_case - A range without a VMA
 * @description: which
 * @src: that of the source
 */
struct gone_case {
	const char *description;
	bool src;
};

static const struct gone_case gone_cases[] = {
	{ "source", true },
	{ "destination", false },
};

KUNIT_ARRAY_PARAM_DESC(gone, gone_cases, description);

/**
 * range_without_a_vma_is_refused() - It has been unmapped
 *
 * The call fails, nothing else changes, and no lock is left behind.
 *
 * Contract: UM-1
 */
static void range_without_a_vma_is_refused(struct kunit *test)
{
	const struct gone_case *c = test->param_value;
	struct mover *m = um_create(test);
	unsigned long kept = c->src ? m->dst : m->src;
	struct vm_area_struct *vma = mmk_vma_at(m->mm, kept);
	long idle = mmk_vma_lock_count(vma);
	struct mmk_mm_state rss;
	struct um_move *move;

	KUNIT_ASSERT_EQ(test, vm_munmap(c->src ? m->src : m->dst,
					UM_PAGES * PAGE_SIZE), 0);
	mmk_mm_snapshot(m->mm, &rss);
	move = um_move(test, m, 0, 1, UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES);
	KUNIT_EXPECT_LT(test, move->ret, 0L);
	KUNIT_EXPECT_EQ(test, move->moved, (s64)move->ret);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 0U);
	KUNIT_EXPECT_EQ(test, mmk_vma_lock_count(vma), idle);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(m->mm), 0L);
	mmk_expect_mm_same(test, "refused", m->mm, &rss);
	if (!c->src)
		MMK_EXPECT_MM_HOLDS(test, m->mm, m->src, UM_PAGES, SEED);
}

static void rmap_nothing(struct kunit *test, struct mover *m)
{
}

static void rmap_pin(struct kunit *test, struct mover *m)
{
	mmk_pin(test, m->src, FOLL_WRITE);
}

static void rmap_drop(struct kunit *test, struct mover *m)
{
	KUNIT_EXPECT_EQ(test, do_madvise(m->mm, m->src, PAGE_SIZE,
					 MADV_DONTNEED), 0);
}

static void rmap_fill(struct kunit *test, struct mover *m)
{
	mmk_uffd_zero(test, m->uffd, m->dst);
}

/**
 * struct rmap_case - A change while the mover waits for the reverse map
 * @description: for the KTAP line
 * @change: makes the change
 * @huge: the page is huge
 * @error: the error of the move, or 0
 */
struct rmap_case {
	const char *description;
	void (*change)(struct kunit *test, struct mover *m);
	bool huge;
	long error;
};

static const struct rmap_case rmap_cases[] = {
	{ "page", rmap_nothing, false },
	{ "page, then pinned", rmap_pin, false, -EBUSY },
	{ "page, then dropped", rmap_drop, false, -ENOENT },
	{ "page, then the place is taken", rmap_fill, false, -EEXIST },
	{ "huge page", rmap_nothing, true },
	{ "huge page, then pinned", rmap_pin, true, -EBUSY },
};

KUNIT_ARRAY_PARAM_DESC(rmap, rmap_cases, description);

/**
 * busy_reverse_map_is_waited_for() - Another task has locked the anon_vma
 *
 * Some kernels move the page without that lock. In others the mover sleeps, and
 * what it finds afterwards counts: it moves the page, or returns the error that
 * it would have returned had the change come first. The page is not locked
 * afterwards, and has the references that it had.
 *
 * Contract: UM-2
 */
static void busy_reverse_map_is_waited_for(struct kunit *test)
{
	const struct rmap_case *c = test->param_value;
	struct mover *m = c->huge ? um_open(test, mmk_mm_enter(test)) :
				    um_create(test);
	struct uffdio_move args = {
		.len = c->huge ? MMK_HUGE_SIZE : PAGE_SIZE,
	};
	struct um_holder *holder;
	struct um_move *move;
	struct folio *folio;
	long error = 0;
	int refs;

	if (c->huge) {
		m->src = mmk_map_huge(test, m->mm, 1);
		m->dst = mmk_map_huge_hole(test, m->mm, 1);
		mmk_fill(test, m->src, MMK_HUGE_PAGES, SEED);
		um_register(test, m, m->dst, MMK_HUGE_SIZE);
		lru_add_drain_all();
	}
	args.src = m->src;
	args.dst = m->dst;
	folio = c->huge ? mmk_pmd_folio(test, m->mm, m->src) :
			  mmk_pte_folio(test, m->mm, m->src);
	mmk_folio_get(test, folio);
	refs = folio_ref_count(folio);
	holder = um_lock_rmap(test, m, folio);
	move = um_start(test, m, &args);
	if (mmk_task_sleeps_in(&move->task, "move_main")) {
		c->change(test, m);
		error = c->error;
		if (c->change == rmap_drop)
			refs--;
		if (c->change == rmap_pin)
			refs = 0;
	}
	um_unlock_rmap(test, holder);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, error, error ? error : (s64)args.len);
	KUNIT_EXPECT_LE(test, m->watch.tries, 2U);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	/* A pin counts as many references, or as one. */
	if (refs)
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), refs);
	if (!error)
		um_expect_rmap(test, m, folio, m->dst);
	else
		KUNIT_EXPECT_EQ(test, folio->index, m->src >> PAGE_SHIFT);
	if (error != -ENOENT)
		MMK_EXPECT_MM_HOLDS(test, m->mm, error ? m->src : m->dst, 1,
				    SEED);
}

static void huge_drop(struct kunit *test, struct mover *m)
{
	KUNIT_EXPECT_EQ(test, do_madvise(m->mm, m->src, MMK_HUGE_SIZE,
					 MADV_DONTNEED), 0);
}

/**
 * struct huge_case - What becomes of a huge page that the mover waits for
 * @description: for the KTAP line
 * @change: makes the change
 * @error: the error of the move, or 0
 */
struct huge_case {
	const char *description;
	void (*change)(struct kunit *test, struct mover *m);
	long error;
};

static const struct huge_case huge_cases[] = {
	{ "nothing", rmap_nothing, 0 },
	{ "pinned", rmap_pin, -EBUSY },
	{ "dropped", huge_drop, -ENOENT },
	{ "the place is taken", rmap_fill, -EEXIST },
};

KUNIT_ARRAY_PARAM_DESC(huge, huge_cases, description);

static void unlock_action(void *folio)
{
	folio_unlock(folio);
}

/**
 * locked_huge_page_is_waited_for() - A huge page that moves in one piece
 *
 * Another task has locked the huge page, and the mover sleeps until it is
 * unlocked. What it finds then counts: it moves the page as a whole, or returns
 * the error that it would have returned had the change come first. The page is
 * not locked afterwards, and has the references that it had.
 *
 * Contract: UM-2
 */
static void locked_huge_page_is_waited_for(struct kunit *test)
{
	const struct huge_case *c = test->param_value;
	struct mover *m = um_open(test, mmk_mm_enter(test));
	struct uffdio_move args = { .len = MMK_HUGE_SIZE };
	struct um_move *move;
	struct folio *folio;

	m->src = mmk_map_huge(test, m->mm, 1);
	m->dst = mmk_map_huge_hole(test, m->mm, 1);
	mmk_fill(test, m->src, MMK_HUGE_PAGES, SEED);
	um_register(test, m, m->dst, MMK_HUGE_SIZE);
	lru_add_drain_all();
	args.src = m->src;
	args.dst = m->dst;
	folio = mmk_pmd_folio(test, m->mm, m->src);
	mmk_folio_get(test, folio);
	folio_lock(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unlock_action,
							folio), 0);
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&move->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_EQ(test, m->watch.tries, 1U);
	c->change(test, m);
	kunit_release_action(test, unlock_action, folio);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, c->error,
			 c->error ? c->error : (s64)args.len);
	KUNIT_EXPECT_LE(test, m->watch.tries, 3U);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	if (c->change == rmap_nothing) {
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 2);
		MMK_EXPECT_PMD(test, m->mm, m->src, NONE);
		MMK_EXPECT_PMD(test, m->mm, m->dst, PRESENT);
		um_expect_rmap(test, m, folio, m->dst);
		MMK_EXPECT_MM_HOLDS(test, m->mm, m->dst, MMK_HUGE_PAGES, SEED);
	} else {
		KUNIT_EXPECT_EQ(test, folio->index, m->src >> PAGE_SHIFT);
	}
	if (c->change == huge_drop) {
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
		KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 0);
	}
	if (c->error == -EBUSY || c->error == -EEXIST)
		MMK_EXPECT_MM_HOLDS(test, m->mm, m->src, MMK_HUGE_PAGES, SEED);
}

/**
 * killed_mover_ends() - A fatal signal
 *
 * The mover is killed in its second try. It ends soon: what it has not come to
 * by then stays, and no lock is left behind.
 *
 * Contract: UM-2
 */
static void killed_mover_ends(struct kunit *test)
{
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = UM_PAGES * PAGE_SIZE,
		.mode = UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES,
	};
	long idle = mmk_vma_lock_count(mmk_vma_at(m->mm, m->src));
	struct um_move *move;
	unsigned int i;

	/* There are holes, so that few pages are moved in one try. */
	for (i = 1; i < UM_PAGES; i += 2)
		KUNIT_ASSERT_EQ(test, do_madvise(m->mm, m->src + i * PAGE_SIZE,
						 PAGE_SIZE, MADV_DONTNEED), 0);
	m->watch.kill_at = 2;
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	KUNIT_EXPECT_LT(test, move->ret, 0L);
	KUNIT_EXPECT_LE(test, m->watch.tries, 3U);
	MMK_EXPECT_PTE(test, m->mm, m->dst, PRESENT);
	for (i = 4; i < UM_PAGES; i += 2) {
		MMK_EXPECT_PTE(test, m->mm, m->src + i * PAGE_SIZE, PRESENT);
		MMK_EXPECT_PTE(test, m->mm, m->dst + i * PAGE_SIZE, NONE);
	}
	expect_vmas_idle(test, m, idle);
}

/**
 * first_try_is_told_of_the_signal() - A mover that is killed before it has moved a page
 *
 * The call fails.
 *
 * Contract: UM-2
 */
static void first_try_is_told_of_the_signal(struct kunit *test)
{
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = UM_PAGES * PAGE_SIZE,
	};
	long idle = mmk_vma_lock_count(mmk_vma_at(m->mm, m->src));
	struct um_move *move;

	/* Some kernels move what lies in a row in one try. */
	KUNIT_ASSERT_EQ(test, do_madvise(m->mm, m->src + PAGE_SIZE, PAGE_SIZE,
					 MADV_DONTNEED), 0);
	m->watch.kill_at = 1;
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	KUNIT_EXPECT_LT(test, move->ret, 0L);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 1U);
	expect_vmas_idle(test, m, idle);
}

/**
 * layout_that_changes_meanwhile_refuses_the_move() - -EAGAIN
 *
 * The mover waits for a VMA. When it gets it, an event has come that the monitor has
 * not read. Nothing is moved.
 *
 * Contract: UM-1, UM-2
 */
static void layout_that_changes_meanwhile_refuses_the_move(struct kunit *test)
{
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = PAGE_SIZE,
	};
	struct userfaultfd_ctx *ctx = m->uffd->file->private_data;
	long idle = mmk_vma_lock_count(mmk_vma_at(m->mm, m->src));
	struct um_move *move;

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
	move = um_prepare(test, m, &args);
	mmap_write_lock(m->mm);
	vma_start_write(vma_lookup(m->mm, m->src));
	mmk_process_start(&move->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&move->task, "move_main"));
	atomic_inc(&ctx->mmap_changing);
	mmap_write_unlock(m->mm);
	KUNIT_EXPECT_TRUE(test, um_join(test, move));
	atomic_dec(&ctx->mmap_changing);
	UM_EXPECT_RESULT(test, move, -EAGAIN, -EAGAIN);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 0U);
	MMK_EXPECT_PTE(test, m->mm, m->dst, NONE);
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->src, 1, SEED);
	expect_vmas_idle(test, m, idle);
}

/**
 * struct replacer - A task that maps something else in a place
 * @task: the thread
 * @addr: the place, a page
 * @ret: what mmap() returned
 */
struct replacer {
	struct mmk_task task;
	unsigned long addr;
	unsigned long ret;
};

static void replacer_main(struct mmk_task *task)
{
	struct replacer *r = container_of(task, struct replacer, task);

	r->ret = vm_mmap(NULL, r->addr, UM_PAGES * PAGE_SIZE,
			 PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
}

/**
 * replaced_destination_is_looked_up_again() - While the mover waits for the source
 *
 * The mover has locked the VMA of the destination, and has to let go of it to wait for
 * that of the source. Meanwhile something else is mapped over the destination, which
 * nobody has registered. Nothing is moved there.
 *
 * Contract: UM-1, UM-2
 */
static void replaced_destination_is_looked_up_again(struct kunit *test)
{
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = PAGE_SIZE,
	};
	struct um_move *move = um_prepare(test, m, &args);
	struct replacer *r = mmk_task_alloc(test, sizeof(*r), m->mm,
					    replacer_main);

	if (!IS_ENABLED(CONFIG_PER_VMA_LOCK))
		kunit_skip(test, "needs CONFIG_PER_VMA_LOCK");
	r->addr = m->dst;
	mmap_write_lock(m->mm);
	vma_start_write(vma_lookup(m->mm, m->src));
	/* It is the first to wait, and so it is the first to go on. */
	mmk_task_start(&r->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&r->task, "vm_mmap_pgoff"));
	mmk_process_start(&move->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_sleeps_in(&move->task, "move_main"));
	mmap_write_unlock(m->mm);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&r->task));
	KUNIT_EXPECT_EQ(test, r->ret, m->dst);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, -EINVAL, -EINVAL);
	MMK_EXPECT_PTE(test, m->mm, m->dst, NONE);
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->src, 1, SEED);
	KUNIT_EXPECT_EQ(test, mmk_mmap_lock_count(m->mm), 0L);
}

/**
 * struct far_case - A place that has no page table of any kind
 * @description: which
 * @src: the source
 * @mode: UFFDIO_MOVE_MODE_*
 * @error: the error of the move, or 0
 */
struct far_case {
	const char *description;
	bool src;
	u64 mode;
	long error;
};

static const struct far_case far_cases[] = {
	{ "source", true, 0, -ENOENT },
	{ "source, holes allowed", true, UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES, 0 },
	{ "destination", false, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(far, far_cases, description);

/**
 * place_without_page_tables_is_empty() - Nobody has been near it
 *
 * A source without any page table is a hole. A destination gets the page tables
 * that it needs.
 *
 * Contract: UM-1
 */
static void place_without_page_tables_is_empty(struct kunit *test)
{
	const struct far_case *c = test->param_value;
	struct mover *m = um_create(test);
	struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = PAGE_SIZE,
		.mode = c->mode,
	};
	/* In a part of the address space that has no table of pmds yet */
	unsigned long place = ALIGN_DOWN(m->src, PUD_SIZE) + 3 * PUD_SIZE;
	struct mmk_page_state before;
	struct um_move *move;

	KUNIT_ASSERT_EQ(test, vm_mmap(NULL, place, PAGE_SIZE,
				      PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS |
				      MAP_FIXED_NOREPLACE, 0), place);
	KUNIT_ASSERT_NULL(test, mm_find_pmd(m->mm, place));
	if (c->src) {
		args.src = place;
	} else {
		args.dst = place;
		um_register(test, m, place, PAGE_SIZE);
		mmk_page_snapshot(test, &before, m->mm, m->src);
	}
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, c->error,
			 c->error ? c->error : (s64)PAGE_SIZE);
	if (c->src)
		MMK_EXPECT_PTE(test, m->mm, m->dst, NONE);
	else
		um_expect_page_moved(test, m, &before, place);
}

static struct kunit_case uffd_move_lock_cases[] = {
	KUNIT_CASE_PARAM(locked_vma_is_waited_for, busy_gen_params),
	KUNIT_CASE_PARAM(range_without_a_vma_is_refused, gone_gen_params),
	KUNIT_CASE_PARAM(busy_reverse_map_is_waited_for, rmap_gen_params),
	KUNIT_CASE_PARAM(locked_huge_page_is_waited_for, huge_gen_params),
	KUNIT_CASE(killed_mover_ends),
	KUNIT_CASE(first_try_is_told_of_the_signal),
	KUNIT_CASE(layout_that_changes_meanwhile_refuses_the_move),
	KUNIT_CASE(replaced_destination_is_looked_up_again),
	KUNIT_CASE_PARAM(place_without_page_tables_is_empty, far_gen_params),
	{}
};

static struct kunit_suite uffd_move_lock_suite = {
	.name = "uffd_move_lock",
	.init = mmk_case_init,
	.test_cases = uffd_move_lock_cases,
};

kunit_test_suite(uffd_move_lock_suite);
