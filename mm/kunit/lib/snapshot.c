// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots of what a migration, done or failed, has to conserve.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/percpu-refcount.h>
#include <linux/vmstat.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "pte.h"
#include "snapshot.h"

/**
 * mmk_folio_snapshot() - Note the state of a folio
 * @folio: the folio
 * @state: where to
 *
 * Drains the LRU batches first, which have references on the folios in them.
 */
void mmk_folio_snapshot(struct folio *folio, struct mmk_folio_state *state)
{
	lru_add_drain_all();
	state->refcount = folio_ref_count(folio);
	state->mapcount = folio_mapcount(folio);
	state->mapping = (unsigned long)folio->mapping;
	state->index = folio->index;
	state->anon_exclusive = folio_test_anon(folio) &&
				PageAnonExclusive(folio_page(folio, 0));
	state->locked = folio_test_locked(folio);
	state->lru = folio_test_lru(folio);
	state->dirty = folio_test_dirty(folio);
	state->uptodate = folio_test_uptodate(folio);
	state->swapbacked = folio_test_swapbacked(folio);
	state->swapcache = folio_test_swapcache(folio);
	state->mlocked = folio_test_mlocked(folio);
	state->waiters = folio_test_waiters(folio);
}

/**
 * mmk_mm_snapshot() - Note the counters of an address space
 * @mm: address space
 * @state: where to
 */
void mmk_mm_snapshot(struct mm_struct *mm, struct mmk_mm_state *state)
{
	state->anon = get_mm_counter_sum(mm, MM_ANONPAGES);
	state->file = get_mm_counter_sum(mm, MM_FILEPAGES);
	state->shmem = get_mm_counter_sum(mm, MM_SHMEMPAGES);
	state->swap = get_mm_counter_sum(mm, MM_SWAPENTS);
	state->users = atomic_read(&mm->mm_users);
}

#define EXPECT_SAME(field)						\
	KUNIT_EXPECT_EQ_MSG(test, now.field, before->field, "%s: " #field, what)

/**
 * mmk_expect_folio_same() - Expect a folio to be as it was
 * @test: the case
 * @what: for the message
 * @folio: the folio
 * @before: its state then
 */
void mmk_expect_folio_same(struct kunit *test, const char *what,
			   struct folio *folio,
			   const struct mmk_folio_state *before)
{
	struct mmk_folio_state now;

	mmk_folio_snapshot(folio, &now);
	EXPECT_SAME(refcount);
	EXPECT_SAME(mapcount);
	EXPECT_SAME(mapping);
	EXPECT_SAME(index);
	EXPECT_SAME(anon_exclusive);
	EXPECT_SAME(locked);
	EXPECT_SAME(lru);
	EXPECT_SAME(dirty);
	EXPECT_SAME(uptodate);
	EXPECT_SAME(swapbacked);
	EXPECT_SAME(swapcache);
	EXPECT_SAME(mlocked);
	EXPECT_SAME(waiters);
}

/**
 * mmk_expect_mm_same() - Expect the counters of an mm to be as they were
 * @test: the case
 * @what: for the message
 * @mm: address space
 * @before: its counters then
 */
void mmk_expect_mm_same(struct kunit *test, const char *what,
			struct mm_struct *mm,
			const struct mmk_mm_state *before)
{
	struct mmk_mm_state now;

	mmk_mm_snapshot(mm, &now);
	EXPECT_SAME(anon);
	EXPECT_SAME(file);
	EXPECT_SAME(shmem);
	EXPECT_SAME(swap);
	EXPECT_SAME(users);
}

/**
 * mmk_pte_same() - Whether two ptes mean the same
 * @a: one
 * @b: the other
 *
 * Compares pfn, write, young and dirty, or the entries. Architectures may keep
 * other bits in a pte.
 *
 * Return: whether they do.
 */
bool mmk_pte_same(pte_t a, pte_t b)
{
	if (pte_present(a) != pte_present(b) || pte_none(a) != pte_none(b))
		return false;
	if (pte_none(a))
		return true;
	if (!pte_present(a))
		return softleaf_from_pte(a).val == softleaf_from_pte(b).val;
	return pte_pfn(a) == pte_pfn(b) && pte_write(a) == pte_write(b) &&
	       pte_young(a) == pte_young(b) && pte_dirty(a) == pte_dirty(b);
}

/**
 * mmk_page_snapshot() - Note the state of a page and its pte
 * @test: the case
 * @state: where to
 * @mm: address space
 * @addr: user address, at which there is a page
 */
void mmk_page_snapshot(struct kunit *test, struct mmk_page_state *state,
		       struct mm_struct *mm, unsigned long addr)
{
	state->mm = mm;
	state->addr = addr;
	state->folio = mmk_pte_folio(test, mm, addr);
	state->pte = mmk_pte(mm, addr);
	mmk_folio_snapshot(state->folio, &state->state);
}

/**
 * mmk_expect_page_same() - Expect a page and its pte to be as they were
 * @test: the case
 * @what: for the message
 * @before: its state then
 */
void mmk_expect_page_same(struct kunit *test, const char *what,
			  const struct mmk_page_state *before)
{
	pte_t now = mmk_pte(before->mm, before->addr);

	KUNIT_EXPECT_TRUE_MSG(test, mmk_pte_same(now, before->pte),
			      "%s: pte is %lx, was %lx", what,
			      (unsigned long)pte_val(now),
			      (unsigned long)pte_val(before->pte));
	mmk_expect_folio_same(test, what, before->folio, &before->state);
}

/**
 * mmk_vm_event() - An event of the whole machine, as /proc/vmstat has it
 * @item: which
 *
 * Return: how often it has happened.
 */
unsigned long mmk_vm_event(enum vm_event_item item)
{
	unsigned long events[NR_VM_EVENT_ITEMS];

	all_vm_events(events);
	return events[item];
}

/**
 * mmk_percpu_ref_sum() - References that a percpu_ref stands for
 * @ref: the percpu_ref
 *
 * Exact as long as nobody else takes or drops one, and no switch between
 * per-CPU and atomic counting is under way.
 *
 * Return: how many; in per-CPU mode without the one that percpu_ref_kill()
 * drops.
 */
long mmk_percpu_ref_sum(struct percpu_ref *ref)
{
	unsigned long __percpu *percpu_count;
	long refs = 0;
	int cpu;

	rcu_read_lock();
	if (__ref_is_percpu(ref, &percpu_count)) {
		for_each_possible_cpu(cpu)
			refs += *per_cpu_ptr(percpu_count, cpu);
	} else {
		refs = atomic_long_read(&ref->data->count);
	}
	rcu_read_unlock();
	return refs;
}
