// SPDX-License-Identifier: GPL-2.0
/*
 * Swap faults that need not wait, under either lock.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/syscalls.h>
#include <linux/vmstat.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/count.h"
#include "../compat/fault.h"
#include "../compat/rmap.h"
#include "../compat/swap.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/task.h"
#include "swapped.h"

static const struct served_case served_cases[] = {
	{
		.description	= "read, not in the cache",
		.major = true, .exclusive = true, .may_write = true,
	}, {
		.description	= "write, not in the cache",
		.write = true,
		.major = true, .exclusive = true, .may_write = true,
	}, {
		.description	= "read, not in the cache, read-only VMA",
		.prot_read = true,
		.major = true, .exclusive = true,
	}, {
		.description	= "read, not in the cache, child gone",
		.forked = true, .child_gone = true, .major = true,
		.exclusive = MMK_SWAPIN_PAST_CACHE,
		.may_write = MMK_SWAPIN_PAST_CACHE,
	}, {
		.description	= "read, in the cache",
		.cached = true,
		.exclusive = true, .may_write = true, .swapcache = true,
	}, {
		.description	= "read, in the cache, read-only VMA",
		.cached = true, .prot_read = true,
		.exclusive = true, .swapcache = true,
	}, {
		.description	= "read, in the cache, mlocked VMA",
		.cached = true, .mlocked = true,
		.exclusive = true, .may_write = true,
	}, {
		.description	= "read, in the cache, other reference",
		.cached = true, .other_ref = true,
		.exclusive = true, .may_write = true, .swapcache = true,
	}, {
		.description	= "write, in the cache",
		.cached = true, .write = true,
		.exclusive = true, .may_write = true,
		.swapcache = MMK_SWAPIN_KEEPS_WRITTEN,
	}, {
		.description	= "write, in the cache, other reference",
		.cached = true, .other_ref = true, .write = true,
		.exclusive = true, .may_write = true,
		.swapcache = MMK_SWAPIN_MINDS_REFS,
	}, {
		.description	= "read, shared, not in the cache",
		.forked = true,
		.major = true, .swapcache = true,
	}, {
		.description	= "write, shared, not in the cache",
		.forked = true, .write = true,
		.major = true, .exclusive = true, .may_write = true,
		.copied = true,
	}, {
		.description	= "read, shared, in the cache",
		.forked = true, .cached = true,
		.swapcache = true,
	}, {
		.description	= "write, shared, in the cache",
		.forked = true, .cached = true, .write = true,
		.exclusive = true, .may_write = true, .copied = true,
	}, {
		.description	= "read, once shared, in the cache",
		.forked = true, .child_gone = true, .cached = true,
		.swapcache = true,
	}, {
		.description	= "write, once shared, in the cache",
		.forked = true, .child_gone = true, .cached = true, .write = true,
		.exclusive = true, .may_write = true,
		.reused = !MMK_SWAPIN_PAST_CACHE,
	}, {
		.description	= "write, once shared, in the cache, other reference",
		.forked = true, .child_gone = true, .cached = true,
		.other_ref = true, .write = true,
		.exclusive = true, .may_write = true, .copied = true,
	},
};

KUNIT_ARRAY_PARAM_DESC(served, served_cases, description);

/*
 * On UML, pte_same() compares _PAGE_NEWPROT: the copy after do_swap_page()
 * takes the new pte for a changed one, and is left to a second fault. On other
 * architectures the second fault has nothing to do.
 */
static void served_copy(struct kunit *test, const struct served *served)
{
	if (served->c->copied)
		KUNIT_EXPECT_EQ(test, mmk_fault_in(served->s.mm, served->s.addr,
						   true), 0);
}

static unsigned int served_flags(const struct served *served)
{
	return USER_READ | (served->c->write ? FAULT_FLAG_WRITE : 0);
}

static void served_init(struct kunit *test, struct served *served)
{
	const struct served_case *c = test->param_value;
	struct swapped *s = &served->s;

	served->c = c;
	sf_swapped_init(test, s, c->cached);
	if (c->forked)
		served->child = mmk_fork(test);
	if (c->child_gone) {
		mmk_mm_put(test, served->child);
		served->child = NULL;
	}
	if (c->cached && !c->other_ref)
		mmk_folio_put(test, s->folio);
	if (c->prot_read)
		KUNIT_ASSERT_EQ(test,
				sys_mprotect(s->addr, PAGE_SIZE, PROT_READ),
				0L);
	if (c->mlocked)
		KUNIT_ASSERT_EQ(test,
				sys_mlock2(s->addr, PAGE_SIZE, MLOCK_ONFAULT),
				0L);
	/*
	 * The VMA may have been split from its neighbours, or merged with them.
	 */
	s->idle = vma_lock_count(s->mm, s->addr);
	KUNIT_ASSERT_EQ(test, mmk_swap_count(s->entry), served->child ? 2 : 1);
	mmk_mm_snapshot(s->mm, &served->rss);
	served->majors = mmk_vm_event(PGMAJFAULT);
	served->faults = mmk_vm_event(PGFAULT);
	served->reuses = mmk_vm_event(PGREUSE);
	served->refaults = mmk_node_page_state(WORKINGSET_REFAULT_ANON);
}

static void served_expect_pte(struct kunit *test, struct served *served)
{
	const struct served_case *c = served->c;
	pte_t pte = mmk_pte(served->s.mm, served->s.addr);

	MMK_EXPECT_PTE(test, served->s.mm, served->s.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, !!pte_write(pte), c->may_write);
	KUNIT_EXPECT_EQ(test, !!pte_dirty(pte), c->write);
	KUNIT_EXPECT_TRUE(test, pte_young(pte));
}

static void served_expect_folio(struct kunit *test, struct served *served)
{
	const struct served_case *c = served->c;
	struct vm_area_struct *vma = mmk_vma_at(served->s.mm, served->s.addr);
	struct folio *folio = mmk_pte_folio(test, served->s.mm, served->s.addr);
	struct mmk_folio_state state;

	if (c->cached)
		KUNIT_EXPECT_EQ(test, folio == served->s.folio, !c->copied);
	mmk_folio_snapshot(folio, &state);
	KUNIT_EXPECT_EQ(test, state.refcount, 1 + c->swapcache +
			(c->other_ref && !c->copied));
	KUNIT_EXPECT_EQ(test, state.mapcount, 1);
	KUNIT_EXPECT_EQ(test, state.mapping,
			(unsigned long)vma->anon_vma + FOLIO_MAPPING_ANON);
	KUNIT_EXPECT_EQ(test, state.index,
			linear_page_index(vma, served->s.addr));
	KUNIT_EXPECT_EQ(test, state.anon_exclusive, c->exclusive);
	KUNIT_EXPECT_EQ(test, state.swapcache, c->swapcache);
	KUNIT_EXPECT_EQ(test, state.mlocked, c->mlocked);
	KUNIT_EXPECT_FALSE(test, state.locked);
	KUNIT_EXPECT_TRUE(test, state.lru);
	KUNIT_EXPECT_TRUE(test, state.uptodate);
	KUNIT_EXPECT_TRUE(test, state.swapbacked);
	if (!c->swapcache)
		KUNIT_EXPECT_PTR_EQ(test, folio_get_private(folio), NULL);
	MMK_EXPECT_FOLIO_HOLDS(test, folio, SEED);
}

static void served_expect_counts(struct kunit *test, struct served *served)
{
	const struct served_case *c = served->c;
	struct mmk_mm_state *rss = &served->rss;

	/* The page counts as anonymous memory, and no longer as swapped. */
	rss->anon++;
	rss->swap--;
	mmk_expect_mm_same(test, "after the fault", served->s.mm, rss);
	KUNIT_EXPECT_EQ(test, mmk_swap_count(served->s.entry),
			served->child ? 1 : 0);
	/* A slot that neither a pte nor the cache needs is free. */
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(),
			(long)(c->swapcache || served->child));
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGMAJFAULT) - served->majors,
			(unsigned long)c->major);
	/* PGREUSE counts do_wp_page() without a copy. */
	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGREUSE) - served->reuses,
			(unsigned long)c->reused);
	/* A page that is read again has a shadow entry, left by reclaim. */
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(WORKINGSET_REFAULT_ANON) -
			served->refaults, (unsigned long)c->major);
}

static void served_expect(struct kunit *test, struct served *served,
			  struct mmk_fault *fault)
{
	const struct served_case *c = served->c;

	KUNIT_EXPECT_EQ(test, mmk_vm_event(PGFAULT) - served->faults, 1UL);
	served_copy(test, served);
	KUNIT_ASSERT_FALSE(test, fault->no_vma);
	KUNIT_EXPECT_EQ(test, fault->ret, c->major ? VM_FAULT_MAJOR : 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	KUNIT_EXPECT_EQ(test, fault->task.task->maj_flt,
			(unsigned long)c->major);
	KUNIT_EXPECT_EQ(test, fault->task.task->min_flt,
			(unsigned long)!c->major);
	sf_expect_locks_idle(test, &served->s);
	served_expect_pte(test, served);
	served_expect_folio(test, served);
	served_expect_counts(test, served);
	if (served->child) {
		MMK_EXPECT_PTE(test, served->child, served->s.addr, SWAP);
		MMK_EXPECT_MM_HOLDS(test, served->child, served->s.addr, 1,
				    SEED);
	}
}

/**
 * swap_entry_is_served_under_vma_lock() - Without mmap_lock
 *
 * A fault on a swap entry, whose folio is in the swap cache and not locked, or
 * has to be read, is served under the VMA lock, without VM_FAULT_RETRY. The
 * case holds mmap_lock for writing all the while: a fault that asked for it
 * would wait. The pte, the folio, its slot and the counters are as after any
 * swap-in, and the VMA lock is released.
 *
 * Contract: SF-1, SF-10
 */
static void swap_entry_is_served_under_vma_lock(struct kunit *test)
{
	struct served served = {};
	struct mmk_fault *fault;
	bool done;

	served_init(test, &served);
	fault = mmk_fault_alloc(test, served.s.mm, served.s.addr,
				served_flags(&served), MMK_VMA_LOCK);

	mmap_write_lock(served.s.mm);
	mmk_task_start(&fault->task);
	done = mmk_task_join(&fault->task);
	mmap_write_unlock(served.s.mm);

	KUNIT_ASSERT_TRUE_MSG(test, done, "the fault waits for mmap_lock");
	served_expect(test, &served, fault);
}

/**
 * swap_entry_is_served_under_mmap_lock() - The same under mmap_lock
 *
 * As swap_entry_is_served_under_vma_lock(), with mmap_lock held for reading,
 * before the fault and after it.
 *
 * Contract: SF-9
 */
static void swap_entry_is_served_under_mmap_lock(struct kunit *test)
{
	struct served served = {};
	struct mmk_fault *fault;

	served_init(test, &served);
	fault = mmk_fault_start(test, served.s.mm, served.s.addr,
				served_flags(&served), MMK_MMAP_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	served_expect(test, &served, fault);
}

static struct kunit_case swap_fault_served_cases[] = {
	KUNIT_CASE_PARAM(swap_entry_is_served_under_vma_lock, served_gen_params),
	KUNIT_CASE_PARAM(swap_entry_is_served_under_mmap_lock, served_gen_params),
	{}
};

static struct kunit_suite swap_fault_served_suite = {
	.name = "swap_fault_served",
	.init = mmk_case_init,
	.test_cases = swap_fault_served_cases,
};

kunit_test_suite(swap_fault_served_suite);
