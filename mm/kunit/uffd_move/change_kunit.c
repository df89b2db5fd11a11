// SPDX-License-Identifier: GPL-2.0
/*
 * A page changes while UFFDIO_MOVE moves it. The man page, UFFDIO_MOVE(2const),
 * says what to expect: a page is moved atomically or not at all. Its state in
 * the end is that of one order of the changes.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/uaccess.h>
#include <linux/userfaultfd.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/rmap.h"
#include "../compat/swap.h"
#include "../compat/trace.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "mover.h"

/* The bytes of a page that has replaced another one */
#define OTHER	0xb7

/**
 * struct intruder - A task that changes a page between two steps of the mover
 * @in: when it runs
 * @change: what it does
 * @m: the userfaultfd
 * @page: the page that changes
 * @err: error of the change; 1: the mover was faster
 */
struct intruder {
	struct um_intruder in;
	int (*change)(struct mover *m, unsigned int page);
	struct mover *m;
	unsigned int page;
	int err;
};

static void intruder_main(struct mmk_task *task)
{
	struct intruder *i = container_of(task, struct intruder, in.task);

	i->err = i->change(i->m, i->page);
}

static unsigned long src_page(struct mover *m, unsigned int i)
{
	return m->src + i * PAGE_SIZE;
}

static unsigned long dst_page(struct mover *m, unsigned int i)
{
	return m->dst + i * PAGE_SIZE;
}

static int drop_page(struct mover *m, unsigned int i)
{
	return do_madvise(m->mm, src_page(m, i), PAGE_SIZE, MADV_DONTNEED);
}

static int replace_page(struct mover *m, unsigned int i)
{
	return drop_page(m, i) ?: mmk_mm_poke(m->mm, src_page(m, i), OTHER);
}

static int page_out(struct mover *m, unsigned int i)
{
	return do_madvise(m->mm, src_page(m, i), PAGE_SIZE, MADV_PAGEOUT);
}

static int page_out_and_in(struct mover *m, unsigned int i)
{
	/* The page may have gone: a fault would map another one. */
	return page_out(m, i) ?:
	       (mmk_pte_kind(m->mm, src_page(m, i)) == MMK_PTE_SWAP ?
		mmk_fault_in(m->mm, src_page(m, i), true) : 0);
}

static int read_ahead(struct mover *m, unsigned int i)
{
	return do_madvise(m->mm, src_page(m, i), PAGE_SIZE, MADV_WILLNEED);
}

static int page_in(struct mover *m, unsigned int i)
{
	if (mmk_pte_kind(m->mm, src_page(m, i)) != MMK_PTE_SWAP)
		return 0;
	return mmk_fault_in(m->mm, src_page(m, i), false);
}

static int give_to_device(struct mover *m, unsigned int i)
{
	struct page *page;

	/* The page moves to a device. A fault moves it back. */
	if (mmk_pte_kind(m->mm, src_page(m, i)) != MMK_PTE_PRESENT)
		return 0;
	mmap_read_lock(m->mm);
	page = mmk_make_device_exclusive(m->mm, src_page(m, i), m);
	mmap_read_unlock(m->mm);
	if (page) {
		unlock_page(page);
		put_page(page);
	}
	return 0;
}

/* The monitor is ahead, and brings a page of zeroes, unless the mover was faster. */
static int fill_destination(struct mover *m, unsigned int i)
{
	unsigned long arg = m->uffd->arg + PAGE_SIZE / 2;
	struct file *file = m->uffd->file;
	struct uffdio_zeropage zero = {
		.range = { .start = dst_page(m, i), .len = PAGE_SIZE },
	};
	long ret;

	if (copy_to_user((void __user *)arg, &zero, sizeof(zero)))
		return -EFAULT;
	ret = file->f_op->unlocked_ioctl(file, UFFDIO_ZEROPAGE, arg);
	return ret == -EEXIST ? 1 : ret;
}

/**
 * struct change_case - A change during the move
 * @description: for the KTAP line
 * @swapped: the page is in swap at first
 * @change: makes the change
 * @zero: the page is the zero page at first
 * @busy: the reverse map is locked at first
 * @may_go: the page may be gone in the end, and nothing is moved
 * @may_change: the bytes may be those of another page
 * @may_fill: the place may be taken, and nothing is moved
 */
struct change_case {
	const char *description;
	bool swapped;
	int (*change)(struct mover *m, unsigned int page);
	bool may_go;
	bool may_change;
	bool may_fill;
	bool zero;
	bool busy;
};

static const struct change_case change_cases[] = {
	{ "dropped", false, drop_page, true, false },
	{ "replaced", false, replace_page, false, true },
	{ "reclaimed", false, page_out },
	{ "reclaimed, and read again", false, page_out_and_in },
	{ "given to a device", false, give_to_device },
	{ "destination filled", false, fill_destination, .may_fill = true },
	{ "read ahead", true, read_ahead },
	{ "read by a fault", true, page_in },
	{ "dropped from swap", true, drop_page, true, false },
	{ "replaced in swap", true, replace_page, false, true },
	{ "destination of swap filled", true, fill_destination,
	  .may_fill = true },
	{ "zero page dropped", false, drop_page, true, .zero = true },
	{ "zero page replaced", false, replace_page, .may_change = true,
	  .zero = true },
	{ "destination of the zero page filled", false, fill_destination,
	  .may_fill = true, .zero = true },
	{ "dropped, and the reverse map is busy", false, drop_page, true,
	  .busy = true },
	{ "replaced, and the reverse map is busy", false, replace_page,
	  .may_change = true, .busy = true },
	{ "destination filled, and the reverse map is busy", false,
	  fill_destination, .may_fill = true, .busy = true },
};

KUNIT_ARRAY_PARAM_DESC(change, change_cases, description);

static u8 first_byte(struct kunit *test, struct mover *m, unsigned long addr)
{
	u8 byte = 0;

	KUNIT_EXPECT_EQ(test, access_remote_vm(m->mm, addr, &byte, 1, 0), 1);
	return byte;
}

/* The page has its bytes, and the reverse map finds it. */
static void expect_page_at(struct kunit *test, struct mover *m,
			   const struct change_case *c, unsigned long addr,
			   unsigned int i)
{
	KUNIT_EXPECT_EQ(test, mmk_fault_in(m->mm, addr, true), 0);
	MMK_EXPECT_PTE(test, m->mm, addr, PRESENT);
	um_expect_rmap(test, m, mmk_pte_folio(test, m->mm, addr), addr);
	if (c->may_change && first_byte(test, m, addr) == OTHER)
		return;
	if (c->zero) {
		KUNIT_EXPECT_EQ(test, first_byte(test, m, addr), 0);
		return;
	}
	MMK_EXPECT_PART_HOLDS(test, m->mm, addr, i, 1, SEED);
}

static void expect_serial(struct kunit *test, struct mover *m,
			  const struct change_case *c, unsigned int i,
			  const struct um_move *move, int err)
{
	enum mmk_pte_kind src = mmk_pte_kind(m->mm, src_page(m, i));
	enum mmk_pte_kind dst = mmk_pte_kind(m->mm, dst_page(m, i));
	bool moved = !move->ret;

	KUNIT_EXPECT_EQ(test, move->moved,
			moved ? (s64)PAGE_SIZE : (s64)move->ret);
	KUNIT_EXPECT_LE(test, m->watch.tries, 3U);
	KUNIT_EXPECT_EQ_MSG(test, moved || c->may_fill, dst != MMK_PTE_NONE,
			    "%ld, but the destination is %s", move->ret,
			    mmk_pte_kind_name(dst));
	if (moved) {
		expect_page_at(test, m, c, dst_page(m, i), i);
		/* Who fills it first finds it empty, and the other does not. */
		if (c->may_fill)
			KUNIT_EXPECT_EQ(test, err, 1);
		/* Only a page that came later may be in the old place. */
		if (src != MMK_PTE_NONE)
			KUNIT_EXPECT_TRUE(test, c->may_change ||
					  c->change == give_to_device);
	} else if (c->may_fill) {
		KUNIT_EXPECT_EQ(test, move->ret, -EEXIST);
		expect_page_at(test, m, c, src_page(m, i), i);
		KUNIT_EXPECT_EQ(test, first_byte(test, m, dst_page(m, i)), 0);
	} else if (c->may_go) {
		KUNIT_EXPECT_EQ(test, move->ret, -ENOENT);
		MMK_EXPECT_KIND(test, src, MMK_PTE_NONE);
	} else {
		/* The man page does not mention pages of a device. */
		if (c->change != give_to_device)
			KUNIT_FAIL(test, "not moved, %ld; the source is %s",
				   move->ret, mmk_pte_kind_name(src));
		expect_page_at(test, m, c, src_page(m, i), i);
	}
}

/* The zero page does not count, and what a device has does. */
static bool counts(struct mover *m, unsigned long addr)
{
	pte_t pte = mmk_pte(m->mm, addr);
	enum mmk_pte_kind kind = mmk_pte_classify(pte);

	return kind == MMK_PTE_DEVICE_EXCLUSIVE ||
	       (kind == MMK_PTE_PRESENT && !is_zero_pfn(pte_pfn(pte)));
}

static long count_pages(struct mover *m)
{
	unsigned int i;
	long nr = 0;

	for (i = 0; i < UM_PAGES; i++)
		nr += counts(m, src_page(m, i)) + counts(m, dst_page(m, i));
	return nr;
}

static void map_zero_pages(struct kunit *test, struct mover *m)
{
	unsigned int i;

	for (i = 0; i < UM_PAGES; i++) {
		KUNIT_ASSERT_EQ(test, drop_page(m, i), 0);
		KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, src_page(m, i), false),
				0);
		KUNIT_ASSERT_TRUE(test, is_zero_pfn(pte_pfn(mmk_pte(m->mm,
								    src_page(m, i)))));
	}
}

static spinlock_t *ptl_of(struct mover *m, unsigned long addr)
{
	return pte_lockptr(m->mm, mm_find_pmd(m->mm, addr));
}

/* Return: whether the mover has dropped the ptl @nth times */
static bool change_at(struct kunit *test, struct mover *m,
		      const struct change_case *c, unsigned int nth,
		      unsigned int page)
{
	const struct uffdio_move args = {
		.dst = dst_page(m, page),
		.src = src_page(m, page),
		.len = PAGE_SIZE,
	};
	struct intruder *in = mmk_task_alloc(test, sizeof(*in), m->mm,
					     intruder_main);
	struct um_holder *holder = NULL;
	struct um_move *move;
	bool been;

	if (c->busy)
		holder = um_lock_rmap(test, m, mmk_pte_folio(test, m->mm,
							     args.src));
	move = um_prepare(test, m, &args);
	in->m = m;
	in->page = page;
	in->change = c->change;
	um_intruder_watch(test, &in->in, move, mmk_lock_map(ptl_of(m, m->src)),
			  nth);
	mmk_process_start(&move->task);
	if (holder) {
		mmk_task_sleeps_in(&move->task, "move_main");
		um_unlock_rmap(test, holder);
	}
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	um_intruder_stop(&in->in);
	been = in->in.drops >= nth;
	if (been) {
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&in->in.task));
		KUNIT_EXPECT_GE(test, in->err, 0);
	}
	expect_serial(test, m, c, page, move, been ? in->err : 1);
	return been;
}

/**
 * move_is_serial_with_any_change() - Wherever in the move the change comes
 *
 * A real-time task changes the page when the mover drops the page table lock:
 * the first time, the second time in the next run, and so on, until the mover
 * drops it no more. The move ends as if the change had come before it or after
 * it. The page is in one place, with its bytes, and the reverse map finds it
 * there. A page that has gone is not moved. A page that has replaced it is
 * moved with its own bytes. A place that has been filled is not filled again.
 * The mover tries three times at most, and RSS is right. In some runs, another
 * task has locked the reverse map of the page at first, so that some kernels
 * sleep between two looks at it.
 *
 * Contract: UM-2
 */
static void move_is_serial_with_any_change(struct kunit *test)
{
	const struct change_case *c = test->param_value;
	struct mover *m;
	unsigned int i;
	long others;

	if (!IS_ENABLED(CONFIG_PREEMPTION))
		kunit_skip(test, "needs CONFIG_PREEMPTION");
	m = um_create(test);
	mmk_swap_on_watched(test, true);
	if (c->swapped)
		KUNIT_ASSERT_EQ(test, mmk_pageout(m->src, UM_PAGES * PAGE_SIZE),
				0);
	if (c->zero)
		map_zero_pages(test, m);
	others = get_mm_counter_sum(m->mm, MM_ANONPAGES) - count_pages(m);
	for (i = 0; i < UM_PAGES && change_at(test, m, c, i + 1, i); i++)
		;
	KUNIT_EXPECT_GE_MSG(test, i, 2U, "nothing came in between");
	KUNIT_EXPECT_LT_MSG(test, i, (unsigned int)UM_PAGES,
			    "not all moments have been tried");
	KUNIT_EXPECT_EQ(test, (long)get_mm_counter_sum(m->mm, MM_ANONPAGES),
			others + count_pages(m));
}

/**
 * struct cached_case - A folio that leaves the swap cache
 * @description: for the KTAP line
 * @again: it returns, for another slot
 */
struct cached_case {
	const char *description;
	bool again;
};

static const struct cached_case cached_cases[] = {
	{ "leaves the swap cache", false },
	{ "gets another slot", true },
};

KUNIT_ARRAY_PARAM_DESC(cached, cached_cases, description);

static void unlock_action(void *folio)
{
	folio_unlock(folio);
}

static void lock_until(struct kunit *test, struct folio *folio)
{
	folio_lock(folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, unlock_action,
							folio), 0);
}

static void unlock_now(struct kunit *test, struct folio *folio)
{
	kunit_release_action(test, unlock_action, folio);
}

/**
 * uncached_folio_is_left_alone() - While the mover sleeps
 *
 * The mover waits for the lock of a folio in the swap cache. When it gets the
 * lock, the folio has left the swap cache, or is there for another slot. Its
 * mapping and index do not change. The second try moves the entry, and the page
 * is read from swap.
 *
 * Contract: UM-2
 */
static void uncached_folio_is_left_alone(struct kunit *test)
{
	const struct cached_case *c = test->param_value;
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = PAGE_SIZE,
	};
	struct mmk_folio_state before, after;
	struct um_move *move;
	struct folio *folio;
	softleaf_t entry;

	mmk_swap_on_watched(test, true);
	/* It is written the first time, and kept the second time. */
	KUNIT_ASSERT_EQ(test, mmk_pageout(m->src, PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(m->mm, m->src, false), 0);
	folio = mmk_pte_folio(test, m->mm, m->src);
	mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(m->src, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, m->mm, m->src, SWAP);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	entry = softleaf_from_pte(mmk_pte(m->mm, m->src));
	lock_until(test, folio);
	mmk_folio_snapshot(folio, &before);
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&move->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_EQ(test, m->watch.tries, 1U);

	swap_cache_del_folio(folio);
	if (c->again)
		KUNIT_ASSERT_TRUE(test, mmk_swap_cache_add(folio));
	unlock_now(test, folio);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 2U);
	mmk_folio_snapshot(folio, &after);
	KUNIT_EXPECT_EQ(test, after.mapping, before.mapping);
	KUNIT_EXPECT_EQ(test, after.index, before.index);
	MMK_EXPECT_PTE(test, m->mm, m->src, NONE);
	MMK_EXPECT_PTE(test, m->mm, m->dst, SWAP);
	KUNIT_EXPECT_EQ(test, softleaf_from_pte(mmk_pte(m->mm, m->dst)).val,
			entry.val);
	if (c->again) {
		folio_lock(folio);
		swap_cache_del_folio(folio);
		folio_unlock(folio);
	}
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->dst, 1, SEED);
}

/**
 * struct arrival - A folio that comes into the swap cache at the last moment
 * @mover: the process that moves the entry
 * @ptl: lockdep's name of the page table lock
 * @m: the userfaultfd
 * @entry: the entry
 * @nth: the folio comes when the mover takes the lock for the @nth time
 * @takes: how often the mover has taken the lock
 * @there: the folio is in the swap cache
 */
struct arrival {
	struct task_struct *mover;
	struct lockdep_map *ptl;
	struct mover *m;
	softleaf_t entry;
	unsigned int nth;
	unsigned int takes;
	bool there;
};

static void arrival_acquire(void *data, struct lockdep_map *lock,
			    unsigned int subclass, int trylock, int read,
			    int check, struct lockdep_map *next_lock,
			    unsigned long ip)
{
	struct arrival *a = data;

	if (current != a->mover || lock != a->ptl)
		return;
	if (++a->takes == a->nth) {
		a->there = mmk_swapin_pin(a->entry);
	} else if (a->there && a->m->watch.tries > 1) {
		/* By the next try, the page has been read and mapped. */
		mmk_swapin_unpin(a->entry);
		a->there = false;
	}
}

static void arrival_release(void *data, struct lockdep_map *lock,
			    unsigned long ip)
{
}

/**
 * swapin_is_not_passed() - A read begins at the last moment
 *
 * The mover has found no folio in the swap cache, and is about to take the page
 * table lock. Another task begins to read the page, which marks the slot. This
 * try does not move the entry, since the folio that is being read would keep
 * the old index.
 *
 * Contract: UM-2
 */
static void swapin_is_not_passed(struct kunit *test)
{
	struct mover *m = um_create(test);
	struct arrival a = { .m = m };
	struct um_move *move;
	struct uffdio_move args = { .len = PAGE_SIZE };
	unsigned int i;

	mmk_swap_on_watched(test, true);
	KUNIT_ASSERT_EQ(test, mmk_pageout(m->src, UM_PAGES * PAGE_SIZE), 0);
	a.entry = softleaf_from_pte(mmk_pte(m->mm, m->src));
	a.there = mmk_swapin_pin(a.entry);
	if (!a.there)
		kunit_skip(test, "needs swapcache_prepare(), to read past the swap cache");
	mmk_swapin_unpin(a.entry);

	for (i = 0; i < UM_PAGES; i++) {
		args.src = src_page(m, i);
		args.dst = dst_page(m, i);
		move = um_prepare(test, m, &args);
		a.entry = softleaf_from_pte(mmk_pte(m->mm, args.src));
		a.ptl = mmk_lock_map(ptl_of(m, m->src));
		a.mover = move->task.task;
		a.nth = i + 1;
		a.takes = 0;
		a.there = false;
		if (mmk_watch_locks(arrival_acquire, arrival_release, &a))
			kunit_skip(test, "needs CONFIG_LOCKDEP and CONFIG_TRACEPOINTS");
		mmk_process_start(&move->task);
		KUNIT_EXPECT_TRUE(test, um_join(test, move));
		mmk_unwatch_locks(arrival_acquire, arrival_release, &a);
		if (a.there)
			mmk_swapin_unpin(a.entry);
		UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
		if (a.takes < a.nth)
			break;
		KUNIT_EXPECT_EQ_MSG(test, m->watch.tries, 2U, "at lock %u", i);
	}
	KUNIT_EXPECT_GE(test, i, 2U);
	KUNIT_EXPECT_LT(test, i, (unsigned int)UM_PAGES);
	MMK_EXPECT_MM_HOLDS(test, m->mm, m->dst, i, SEED);
}

/**
 * replaced_page_is_not_moved() - While the mover sleeps
 *
 * The mover waits for the lock of a mapped page, which is replaced by another
 * one meanwhile. The old page, which has a reference, keeps its mapping and
 * index. The second try moves the new page.
 *
 * Contract: UM-2
 */
static void replaced_page_is_not_moved(struct kunit *test)
{
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = PAGE_SIZE,
	};
	struct folio *folio = mmk_pte_folio(test, m->mm, m->src);
	unsigned long mapping, index;
	struct um_move *move;

	mmk_folio_get(test, folio);
	lock_until(test, folio);
	mapping = (unsigned long)folio->mapping;
	index = folio->index;
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&move->task,
						   "folio_wait_bit_common"));
	KUNIT_EXPECT_EQ(test, replace_page(m, 0), 0);
	unlock_now(test, folio);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, 0, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, m->watch.tries, 2U);
	KUNIT_EXPECT_EQ(test, (unsigned long)folio->mapping, mapping);
	KUNIT_EXPECT_EQ(test, folio->index, index);
	KUNIT_EXPECT_FALSE(test, folio_test_locked(folio));
	MMK_EXPECT_PTE(test, m->mm, m->src, NONE);
	KUNIT_EXPECT_EQ(test, first_byte(test, m, m->dst), OTHER);
	KUNIT_EXPECT_PTR_NE(test, mmk_pte_folio(test, m->mm, m->dst), folio);
	um_expect_rmap(test, m, mmk_pte_folio(test, m->mm, m->dst), m->dst);
}

static void sleep_pin(struct kunit *test, struct mover *m)
{
	mmk_pin(test, m->src, FOLL_WRITE);
}

static void sleep_drop(struct kunit *test, struct mover *m)
{
	KUNIT_EXPECT_EQ(test, drop_page(m, 0), 0);
}

static void sleep_fill(struct kunit *test, struct mover *m)
{
	mmk_uffd_zero(test, m->uffd, m->dst);
}

/**
 * struct sleep_case - A change before the mover gets the lock
 * @description: for the KTAP line
 * @change: makes the change
 * @error: the error of the move
 */
struct sleep_case {
	const char *description;
	void (*change)(struct kunit *test, struct mover *m);
	long error;
};

static const struct sleep_case sleep_cases[] = {
	{ "pinned", sleep_pin, -EBUSY },
	{ "dropped", sleep_drop, -ENOENT },
	{ "destination filled", sleep_fill, -EEXIST },
};

KUNIT_ARRAY_PARAM_DESC(sleep, sleep_cases, description);

/**
 * page_is_rechecked_after_sleep() - The page or the place has changed
 *
 * While the mover sleeps, the page is pinned or goes away, or the destination
 * is filled. The mover returns the error that it would have returned had this
 * come first, and leaves both places alone.
 *
 * Contract: UM-2
 */
static void page_is_rechecked_after_sleep(struct kunit *test)
{
	const struct sleep_case *c = test->param_value;
	struct mover *m = um_create(test);
	const struct uffdio_move args = {
		.dst = m->dst, .src = m->src, .len = PAGE_SIZE,
	};
	struct folio *folio = mmk_pte_folio(test, m->mm, m->src);
	struct um_move *move;
	pte_t src, dst;

	mmk_folio_get(test, folio);
	lock_until(test, folio);
	move = um_start(test, m, &args);
	KUNIT_ASSERT_TRUE(test, mmk_task_sleeps_in(&move->task,
						   "folio_wait_bit_common"));
	c->change(test, m);
	src = mmk_pte(m->mm, m->src);
	dst = mmk_pte(m->mm, m->dst);
	unlock_now(test, folio);
	KUNIT_ASSERT_TRUE(test, um_join(test, move));
	UM_EXPECT_RESULT(test, move, c->error, c->error);
	KUNIT_EXPECT_LE(test, m->watch.tries, 2U);
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(m->mm, m->src), src));
	KUNIT_EXPECT_TRUE(test, mmk_pte_same(mmk_pte(m->mm, m->dst), dst));
	KUNIT_EXPECT_EQ(test, folio->index, m->src >> PAGE_SHIFT);
	if (c->change != sleep_drop)
		MMK_EXPECT_MM_HOLDS(test, m->mm, m->src, 1, SEED);
}

static struct kunit_case uffd_move_change_cases[] = {
	KUNIT_CASE_PARAM(move_is_serial_with_any_change,
			 change_gen_params),
	KUNIT_CASE_PARAM(uncached_folio_is_left_alone,
			 cached_gen_params),
	KUNIT_CASE(swapin_is_not_passed),
	KUNIT_CASE(replaced_page_is_not_moved),
	KUNIT_CASE_PARAM(page_is_rechecked_after_sleep,
			 sleep_gen_params),
	{}
};

static struct kunit_suite uffd_move_change_suite = {
	.name = "uffd_move_change",
	.init = mmk_case_init,
	.test_cases = uffd_move_change_cases,
};

kunit_test_suite(uffd_move_change_suite);
