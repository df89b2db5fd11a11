// SPDX-License-Identifier: GPL-2.0
/*
 * The order in which ptes are changed, the TLB is flushed, and the page table lock is
 * dropped.
 */
#include <kunit/test.h>
#include <linux/lockdep.h>
#include <linux/mm.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/mm.h"
#include "../compat/trace.h"
#include "flush.h"

static void flush_acquire(void *data, struct lockdep_map *lock,
			  unsigned int subclass, int trylock, int read,
			  int check, struct lockdep_map *next_lock,
			  unsigned long ip)
{
}

static void flush_release(void *data, struct lockdep_map *lock,
			  unsigned long ip)
{
	struct mmk_flush_watch *w = data;

	if (lock != w->ptl || mmk_pte_classify(ptep_get(w->ptep)) != w->kind)
		return;
	w->nr_dropped++;
	w->nr_early += !mmk_tlb_flushed(w->mm, w->start, w->end);
}

static void flush_unwatch(void *data)
{
	mmk_unwatch_locks(flush_acquire, flush_release, data);
}

/**
 * mmk_flush_watch() - Look at the TLB whenever a page table lock is dropped
 * @test: the case
 * @mm: address space
 * @addr: the page whose pte tells whether something has been done; its page table has
 *	  to stay
 * @kind: what that pte becomes
 * @start: of the range that has to be flushed by then
 * @len: of that, in bytes
 *
 * What has been flushed before is forgotten.  The case is skipped if locks cannot be
 * watched.
 *
 * Return: what is seen until mmk_flush_unwatch().
 */
struct mmk_flush_watch *mmk_flush_watch(struct kunit *test,
					struct mm_struct *mm,
					unsigned long addr,
					enum mmk_pte_kind kind,
					unsigned long start, size_t len)
{
	struct mmk_flush_watch *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	pmd_t *pmd = mm_find_pmd(mm, addr);
	spinlock_t *ptl;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, w);
	KUNIT_ASSERT_NOT_NULL(test, pmd);
	ptl = pte_lockptr(mm, pmd);
	w->mm = mm;
	w->ptl = mmk_lock_map(ptl);
	w->ptep = pte_offset_kernel(pmd, addr);
	w->kind = kind;
	w->start = start;
	w->end = start + len;
	err = mmk_watch_locks(flush_acquire, flush_release, w);
	if (err)
		kunit_skip(test, "needs the tracepoints of locks");
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, flush_unwatch, w),
			0);
	mmk_tlb_forget(mm);
	return w;
}

/**
 * mmk_flush_unwatch() - Stop looking
 * @test: the case
 * @w: what mmk_flush_watch() returned
 */
void mmk_flush_unwatch(struct kunit *test, struct mmk_flush_watch *w)
{
	kunit_release_action(test, flush_unwatch, w);
}
