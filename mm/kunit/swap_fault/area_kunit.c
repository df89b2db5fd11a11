// SPDX-License-Identifier: GPL-2.0
/*
 * Swap areas: slots, swapoff, and what comes back from them.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/percpu-refcount.h>
#include <linux/poison.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/vmstat.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/count.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "swapped.h"

/* The RAM disk of a second area */
#define OTHER_AREA	1

/**
 * page_not_uptodate_is_sigbus() - The swap area could not be read
 *
 * A folio in the swap cache that is not uptodate once it is unlocked has had a
 * read error: VM_FAULT_SIGBUS, with the lock held and nothing mapped.
 *
 * Contract: SF-8
 */
static void page_not_uptodate_is_sigbus(struct kunit *test)
{
	struct mmk_folio_state before;
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_swapped_init(test, &s, true);
	folio_clear_uptodate(s.folio);
	mmk_folio_snapshot(s.folio, &before);
	mmk_mm_snapshot(s.mm, &rss);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_SIGBUS);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_folio_same(test, "not mapped", s.folio, &before);
	mmk_expect_mm_same(test, "not mapped", s.mm, &rss);
	/* For swapoff, which would fail as well */
	folio_mark_uptodate(s.folio);
}

/**
 * pinned_swap_slot_is_left_alone() - Another task is reading the same page
 *
 * A task that reads a page past the swap cache pins its slot. Another fault
 * that finds the pin maps nothing, and frees what it has allocated; once the
 * slot is unpinned, the fault is served.
 *
 * Contract: SF-1, SF-10
 */
static void pinned_swap_slot_is_left_alone(struct kunit *test)
{
	struct mmk_mm_state rss;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_swapped_init(test, &s, false);
	mmk_mm_snapshot(s.mm, &rss);
	fault = mmk_fault_alloc(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	if (!mmk_swapin_pin(s.entry))
		kunit_skip(test, "needs swapcache_prepare(), to read past the swap cache");
	mmk_task_start(&fault->task);
	KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault->task));
	mmk_swapin_unpin(s.entry);
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
	sf_expect_locks_idle(test, &s);
	expect_still_swapped(test, &s);
	mmk_expect_mm_same(test, "nothing mapped", s.mm, &rss);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 1L);

	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_MAJOR);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
}

static void area_set_flag(struct swap_info_struct *si, unsigned long flag,
			  bool on)
{
	spin_lock(&si->lock);
	if (on)
		si->flags |= flag;
	else
		si->flags &= ~flag;
	spin_unlock(&si->lock);
}

/**
 * stable_writeback_page_is_read_only() - SWP_STABLE_WRITES
 *
 * A folio of the swap cache is under writeback to an area with
 * SWP_STABLE_WRITES. A fault on it does not wait, but the page is mapped
 * neither writable nor exclusive, although the entry is exclusive. Without
 * SWP_STABLE_WRITES it is both.
 *
 * Contract: SF-1
 */
static void stable_writeback_page_is_read_only(struct kunit *test)
{
	struct swap_info_struct *si;
	struct mmk_fault *fault[2];
	struct swapped s = {};
	pte_t pte[2] = {};
	bool exclusive[2];
	int stable;

	sf_swapped_init(test, &s, true);
	si = __swap_entry_to_info(s.entry);
	for (stable = 0; stable < 2; stable++) {
		if (stable) {
			mmk_folio_put(test, s.folio);
			swap_out(test, &s, true);
		}
		fault[stable] = mmk_fault_alloc(test, s.mm, s.addr, USER_READ,
						MMK_VMA_LOCK);
		folio_lock(s.folio);
		folio_start_writeback(s.folio);
		folio_unlock(s.folio);
		area_set_flag(si, SWP_STABLE_WRITES, stable);
		mmk_task_start(&fault[stable]->task);
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&fault[stable]->task));
		area_set_flag(si, SWP_STABLE_WRITES, false);
		folio_end_writeback(s.folio);
		pte[stable] = mmk_pte(s.mm, s.addr);
		exclusive[stable] = folio_test_anon(s.folio) &&
				    PageAnonExclusive(folio_page(s.folio, 0));
		KUNIT_EXPECT_EQ(test, fault[stable]->ret, 0);
		KUNIT_EXPECT_TRUE(test, fault[stable]->lock_held);
		KUNIT_EXPECT_TRUE(test, pte_present(pte[stable]));
		KUNIT_EXPECT_EQ(test, !!pte_write(pte[stable]), !stable);
		KUNIT_EXPECT_EQ(test, exclusive[stable], !stable);
	}
}

/**
 * mlocked_page_leaves_swap_cache() - It will not be swapped out again soon
 *
 * Two mms share a page of the swap cache, and one of them has mlocked it. When
 * a fault of the other replaces the last swap entry, the page leaves the swap
 * cache and its slot is freed.
 *
 * Contract: SF-1
 */
static void mlocked_page_leaves_swap_cache(struct kunit *test)
{
	struct mm_struct *child;
	struct mmk_fault *fault;
	struct swapped s = {};

	sf_swapped_init(test, &s, true);
	child = mmk_fork(test);
	KUNIT_ASSERT_EQ(test, sys_mlock2(s.addr, PAGE_SIZE, MLOCK_ONFAULT), 0L);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s.mm, s.addr, false), 0);
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test, folio_test_mlocked(s.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_swapcache(s.folio));

	fault = mmk_fault_start(test, child, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, s.addr), s.folio);
	KUNIT_EXPECT_FALSE(test, folio_test_swapcache(s.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(s.folio));
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/**
 * full_area_frees_slot() - More than half of the slots are in use
 *
 * More than half of the swap area is in use: a page of the swap cache leaves it
 * at a read fault, and its slot is freed. In a case "read, in the cache" of
 * swap_entry_is_served_under_vma_lock() there is room, and the page stays.
 *
 * Contract: SF-1
 */
static void full_area_frees_slot(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	unsigned int nr, i, wrong = 0;
	long cached, cache;
	struct mmk_fault *fault;
	unsigned long filler;

	mmk_swap_on_watched(test, true);
	nr = total_swap_pages / 2 + 1;
	s.addr = mmk_map_anon(test, 1);
	swap_out(test, &s, true);
	filler = mmk_map_anon(test, nr);
	for (i = 0; i < nr; i++)
		wrong += !!put_user(1, (char __user *)filler + i * PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, wrong, 0U);
	KUNIT_ASSERT_EQ(test, mmk_pageout(filler, nr * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), 1L + nr);

	cached = mmk_node_page_state(NR_SWAPCACHE);
	cache = mmk_node_page_state(NR_FILE_PAGES);
	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, s.mm, s.addr), s.folio);
	KUNIT_EXPECT_FALSE(test, folio_test_swapcache(s.folio));
	KUNIT_EXPECT_TRUE(test, folio_test_dirty(s.folio));
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SWAPCACHE), cached - 1);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_FILE_PAGES), cache - 1);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), (long)nr);
	/* Otherwise swapoff would read all of it. */
	KUNIT_EXPECT_EQ(test, vm_munmap(filler, nr * PAGE_SIZE), 0);
}

#define MANY_PAGES	4096
/* A power of two: an odd step visits all of them. */
#define MANY_FAULTED	(MANY_PAGES / 2)
#define MANY_TASKS	8

/**
 * struct swapper - A task that faults on many pages
 * @fault: the current fault
 * @base: address of the first page
 * @step: from a page to the next; odd
 * @failed: faults that were not served
 * @came: faults of all tasks
 */
struct swapper {
	struct mmk_fault fault;
	unsigned long base;
	unsigned int step;
	unsigned int failed;
	atomic_t *came;
};

static void swapper_main(struct mmk_task *task)
{
	struct swapper *swapper = container_of(task, struct swapper, fault.task);
	unsigned int i;

	for (i = 0; i < MANY_FAULTED; i++) {
		swapper->fault.addr = swapper->base +
			(i * swapper->step % MANY_FAULTED) * PAGE_SIZE;
		mmk_fault_run(&swapper->fault);
		if (swapper->fault.no_vma ||
		    (swapper->fault.ret & VM_FAULT_ERROR))
			swapper->failed++;
		atomic_inc(swapper->came);
	}
}

static struct swapper *swapper_start(struct kunit *test, struct mm_struct *mm,
				     unsigned long base, unsigned int nr,
				     atomic_t *came)
{
	struct swapper *swapper = mmk_task_alloc(test, sizeof(*swapper), mm,
						 swapper_main);

	swapper->base = base;
	swapper->step = 2 * nr + 1;
	swapper->came = came;
	swapper->fault.flags = USER_READ | (nr % 2 ? FAULT_FLAG_WRITE : 0);
	swapper->fault.lock = MMK_VMA_LOCK;
	swapper->fault.retry = true;
	mmk_task_start(&swapper->fault.task);
	return swapper;
}

/* Writes or checks a number at both ends of each page. */
static unsigned int many_pages(unsigned long base, bool write)
{
	unsigned int i, end, wrong = 0;
	u32 stamp;

	for (i = 0; i < MANY_PAGES; i++) {
		for (end = 0; end < 2; end++) {
			void __user *p = (void __user *)base + i * PAGE_SIZE +
					 end * (PAGE_SIZE - sizeof(stamp));

			stamp = 2 * i + end + 1;
			if (write)
				wrong += !!copy_to_user(p, &stamp,
							sizeof(stamp));
			else
				wrong += copy_from_user(&stamp, p,
							sizeof(stamp)) ||
					 stamp != 2 * i + end + 1;
		}
	}
	return wrong;
}

/**
 * struct swapoff_case - A page that swapoff has to bring back
 * @description: what is special about it
 * @cached: its folio is in the swap cache
 * @forked: a child has the entry as well
 */
struct swapoff_case {
	const char *description;
	bool cached;
	bool forked;
};

static const struct swapoff_case swapoff_cases[] = {
	{ "not in the cache" },
	{ "in the cache", true },
	{ "shared, not in the cache", false, true },
	{ "shared, in the cache", true, true },
};

KUNIT_ARRAY_PARAM_DESC(swapoff, swapoff_cases, description);

/**
 * swapoff_brings_page_back() - As a fault would have done
 *
 * The area is turned off. Every mm that had the entry maps the page: read-only,
 * exclusive if the entry was, counted as resident and no longer as swapped. The
 * folio has left the swap cache and is dirty, since the area is gone. No mm and
 * no folio has a reference too many, and a write in the child leaves the bytes
 * of the parent alone.
 *
 * Contract: SF-11
 */
static void swapoff_brings_page_back(struct kunit *test)
{
	const struct swapoff_case *c = test->param_value;
	long cached = mmk_node_page_state(NR_SWAPCACHE);
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mm_struct *child = NULL;
	struct mmk_mm_state rss[2];
	struct mmk_folio_state state;
	struct mmk_swap *swap;
	struct folio *folio;

	swap = c->cached ? mmk_swap_on_slow(test) : mmk_swap_on(test);
	s.addr = mmk_map_anon(test, 1);
	mmk_fill(test, s.addr, 1, SEED);
	mmk_mm_snapshot(s.mm, &rss[0]);
	swap_out(test, &s, c->cached);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SWAPCACHE) - cached,
			(long)c->cached);
	if (c->forked) {
		child = mmk_fork(test);
		mmk_mm_snapshot(child, &rss[1]);
		rss[1].anon++;
		rss[1].swap--;
	}

	if (!mmk_swapoff(test, swap)) {
		if (child)
			mmk_mm_put(test, child);
		return;
	}
	mmk_expect_mm_same(test, "brought back", s.mm, &rss[0]);
	MMK_EXPECT_PTE(test, s.mm, s.addr, PRESENT);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(s.mm, s.addr)));
	folio = mmk_pte_folio(test, s.mm, s.addr);
	if (child) {
		mmk_expect_mm_same(test, "child", child, &rss[1]);
		MMK_EXPECT_PTE(test, child, s.addr, PRESENT);
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(child, s.addr)));
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, child, s.addr),
				    folio);
	}
	if (c->cached)
		KUNIT_EXPECT_PTR_EQ(test, folio, s.folio);
	lru_add_drain_all();
	mmk_folio_snapshot(folio, &state);
	KUNIT_EXPECT_EQ(test, state.refcount, 1 + c->forked + c->cached);
	KUNIT_EXPECT_EQ(test, state.mapcount, 1 + c->forked);
	KUNIT_EXPECT_EQ(test, state.anon_exclusive, !c->forked);
	KUNIT_EXPECT_FALSE(test, state.swapcache);
	KUNIT_EXPECT_TRUE(test, state.dirty);
	KUNIT_EXPECT_FALSE(test, state.locked);
	KUNIT_EXPECT_TRUE(test, state.lru);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_SWAPCACHE), cached);
	if (child)
		KUNIT_EXPECT_EQ(test, mmk_mm_poke(child, s.addr, SEED + 1), 0);
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED);
}

/**
 * swapoff_poisons_unreadable_page() - A read error
 *
 * A folio of the swap cache is not uptodate when the area is turned off. Its
 * pte becomes a poison marker, which counts neither as resident nor as swapped.
 * The next fault on it is VM_FAULT_HWPOISON.
 *
 * Contract: SF-8, SF-11
 */
static void swapoff_poisons_unreadable_page(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct mmk_swap *swap = mmk_swap_on_slow(test);
	struct mmk_mm_state rss;
	struct mmk_fault *fault;

	s.addr = mmk_map_anon(test, 1);
	swap_out(test, &s, true);
	mmk_mm_snapshot(s.mm, &rss);
	rss.swap--;
	folio_clear_uptodate(s.folio);
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, swap));

	mmk_expect_mm_same(test, "poisoned", s.mm, &rss);
	KUNIT_EXPECT_TRUE(test, pte_same(mmk_pte(s.mm, s.addr),
					 softleaf_to_pte(leaf_poisoned())));
	lru_add_drain_all();
	KUNIT_EXPECT_EQ(test, folio_mapcount(s.folio), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(s.folio), 1);
	fault = mmk_fault_start(test, s.mm, s.addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_HWPOISON);
	KUNIT_EXPECT_TRUE(test, fault->lock_held);
}

/**
 * swapoff_leaves_other_areas_alone() - Two areas, one swapoff
 *
 * Two pages are in two areas. When one area is turned off, the page in the
 * other stays there.
 *
 * Contract: SF-11
 */
static void swapoff_leaves_other_areas_alone(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 2);
	struct mmk_swap *swap = mmk_swap_on(test);
	struct mmk_swap *other = mmk_swap_alloc(test, OTHER_AREA);
	struct swap_info_struct *si = __swap_entry_to_info(swp_entry(0, 1));
	softleaf_t entry;
	int err;

	mmk_fill(test, addr, 2, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_ASSERT_EQ(test, mmk_swap_try_prefer(other), 0L);
	mmk_swap_slots_drain();
	/* With a reference it is not written: the second disk would grow. */
	mmk_folio_get(test, mmk_pte_folio(test, mm, addr + PAGE_SIZE));
	/*
	 * 7.x would use the area that this CPU used last, whatever the
	 * priorities.
	 */
	area_set_flag(si, SWP_WRITEOK, false);
	err = mmk_pageout(addr + PAGE_SIZE, PAGE_SIZE);
	area_set_flag(si, SWP_WRITEOK, true);
	KUNIT_ASSERT_EQ(test, err, 0);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, SWAP);
	entry = softleaf_from_pte(mmk_pte(mm, addr + PAGE_SIZE));
	KUNIT_ASSERT_NE(test, (int)swp_type(entry),
			(int)swp_type(softleaf_from_pte(mmk_pte(mm, addr))));

	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, swap));
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	MMK_EXPECT_PTE(test, mm, addr + PAGE_SIZE, SWAP);
	KUNIT_EXPECT_EQ(test, softleaf_from_pte(mmk_pte(mm, addr +
							PAGE_SIZE)).val,
			entry.val);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS), 1UL);
	MMK_EXPECT_HOLDS(test, addr, 2, SEED);
}

/**
 * struct table_case - A range that one table does not cover
 * @description: for the KTAP line
 * @size: what a table covers
 */
struct table_case {
	const char *description;
	unsigned long size;
};

static const struct table_case table_cases[] = {
	{ "two page tables", PMD_SIZE },
	{ "two tables of page tables", PUD_SIZE },
};

KUNIT_ARRAY_PARAM_DESC(table, table_cases, description);

/**
 * swapoff_looks_at_all_page_tables() - A mapping that needs several
 *
 * Two pages are at the end of what a table covers, and two at the beginning of what
 * the next one does. All of them come back.
 *
 * Contract: SF-11
 */
static void swapoff_looks_at_all_page_tables(struct kunit *test)
{
	const struct table_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = ALIGN(mmk_map_anon(test, 1), c->size) + c->size -
			     2 * PAGE_SIZE;
	struct mmk_swap *swap = mmk_swap_on(test);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, vm_mmap(NULL, addr, 4 * PAGE_SIZE,
				      PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS |
				      MAP_FIXED_NOREPLACE, 0), addr);
	mmk_fill(test, addr, 4, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, 4 * PAGE_SIZE), 0);
	for (i = 0; i < 4; i++)
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, SWAP);
	KUNIT_ASSERT_TRUE(test, mmk_swapoff(test, swap));
	for (i = 0; i < 4; i++)
		MMK_EXPECT_PTE(test, mm, addr + i * PAGE_SIZE, PRESENT);
	MMK_EXPECT_HOLDS(test, addr, 4, SEED);
}

/**
 * page_of_zeroes_comes_back() - It is neither written nor read
 *
 * A page of zeroes is swapped out, and free pages are filled with something
 * else. It is a page of zeroes when it is read again.
 *
 * Contract: SF-11
 */
static void page_of_zeroes_comes_back(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mmk_fault *fault;
	struct folio *folio;
	void *kaddr;

	mmk_swap_on_watched(test, false);
	KUNIT_ASSERT_EQ(test, clear_user((void __user *)addr, PAGE_SIZE), 0UL);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	mmk_scrub_free_pages();

	fault = mmk_fault_start(test, mm, addr, USER_READ, MMK_VMA_LOCK);
	KUNIT_ASSERT_TRUE(test, mmk_task_join(&fault->task));
	KUNIT_EXPECT_EQ(test, fault->ret, VM_FAULT_MAJOR);
	folio = mmk_pte_folio(test, mm, addr);
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(folio));
	kaddr = kmap_local_folio(folio, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(kaddr, 0, PAGE_SIZE));
	kunmap_local(kaddr);
}

/**
 * page_changed_in_swap_cache_is_written() - The area has older bytes
 *
 * A page that has been read, and is still in the swap cache, is written to and
 * swapped out again. Only the dirty bit of its pte tells of the new bytes. They
 * are there when the page is read from the area.
 *
 * Contract: SF-11
 */
static void page_changed_in_swap_cache_is_written(struct kunit *test)
{
	struct swapped s = { .mm = mmk_mm_enter(test) };
	struct folio *folio;

	mmk_swap_on_watched(test, true);
	s.addr = mmk_map_anon(test, 1);
	swap_out(test, &s, false);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s.mm, s.addr, false), 0);
	folio = mmk_pte_folio(test, s.mm, s.addr);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	KUNIT_ASSERT_FALSE(test, folio_test_dirty(folio));
	/* UML's copy_to_user() alone would leave the pte clean. */
	KUNIT_ASSERT_EQ(test, mmk_fault_in(s.mm, s.addr, true), 0);
	KUNIT_ASSERT_TRUE(test, pte_dirty(mmk_pte(s.mm, s.addr)));
	mmk_fill(test, s.addr, 1, SEED + 1);
	KUNIT_ASSERT_EQ(test, mmk_pageout(s.addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, s.mm, s.addr, SWAP);
	mmk_scrub_free_pages();
	MMK_EXPECT_HOLDS(test, s.addr, 1, SEED + 1);
}

/**
 * many_pages_come_back_from_swap() - 4,096 pages, 8 tasks, one swapoff
 *
 * All pages are in a swap area. Eight tasks, half of them writers, fault on
 * half of the pages in different orders under the VMA lock. Meanwhile the area
 * is turned off, which has to bring back the rest. Every fault is served, and
 * every page is back with its bytes.
 *
 * Contract: SF-11
 */
static void many_pages_come_back_from_swap(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_swap *swap = mmk_swap_on(test);
	struct swap_info_struct *si = __swap_entry_to_info(swp_entry(0, 1));
	struct swapper *swapper[MANY_TASKS];
	struct mmk_swapoff *off;
	atomic_t *came = kunit_kzalloc(test, sizeof(*came), GFP_KERNEL);
	unsigned long base = mmk_map_anon(test, MANY_PAGES);
	struct mmk_mm_state before;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, came);
	KUNIT_ASSERT_EQ(test, many_pages(base, true), 0U);
	mmk_mm_snapshot(mm, &before);
	KUNIT_ASSERT_EQ(test, mmk_pageout(base, MANY_PAGES * PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, get_mm_counter_sum(mm, MM_SWAPENTS),
			(unsigned long)MANY_PAGES);
	KUNIT_ASSERT_EQ(test, mmk_swap_slots_used(), (long)MANY_PAGES);

	for (i = 0; i < MANY_TASKS; i++)
		swapper[i] = swapper_start(test, mm, base, i, came);
	KUNIT_EXPECT_TRUE(test, mmk_wait_for(atomic_read(came) >
					     MANY_FAULTED / 2));
	off = mmk_swapoff_alloc(test, swap);
	mmk_task_start(&off->task);
	for (i = 0; i < MANY_TASKS; i++) {
		KUNIT_EXPECT_TRUE(test, mmk_task_join(&swapper[i]->fault.task));
		KUNIT_EXPECT_EQ(test, swapper[i]->failed, 0U);
	}
	if (!mmk_task_join(&off->task)) {
		KUNIT_FAIL(test, "swapoff waits for %ld reference(s)",
			   mmk_percpu_ref_sum(&si->users));
		percpu_ref_put_many(&si->users, mmk_percpu_ref_sum(&si->users));
		KUNIT_ASSERT_TRUE(test, mmk_task_join(&off->task));
	}
	KUNIT_EXPECT_EQ(test, off->ret, 0L);
	KUNIT_EXPECT_EQ(test, many_pages(base, false), 0U);
	mmk_expect_mm_same(test, "all back", mm, &before);
}

/*
 * RAM disks keep pages that have been written to: not to be a leak of a case.
 */
static int area_suite_init(struct kunit_suite *suite)
{
	return mmk_swap_format(OTHER_AREA);
}

static struct kunit_case swap_fault_area_cases[] = {
	KUNIT_CASE(page_not_uptodate_is_sigbus),
	KUNIT_CASE(pinned_swap_slot_is_left_alone),
	KUNIT_CASE(stable_writeback_page_is_read_only),
	KUNIT_CASE(mlocked_page_leaves_swap_cache),
	KUNIT_CASE(full_area_frees_slot),
	KUNIT_CASE_PARAM(swapoff_brings_page_back, swapoff_gen_params),
	KUNIT_CASE(swapoff_poisons_unreadable_page),
	KUNIT_CASE(swapoff_leaves_other_areas_alone),
	KUNIT_CASE_PARAM(swapoff_looks_at_all_page_tables, table_gen_params),
	KUNIT_CASE(page_of_zeroes_comes_back),
	KUNIT_CASE(page_changed_in_swap_cache_is_written),
	KUNIT_CASE_SLOW(many_pages_come_back_from_swap),
	{}
};

static struct kunit_suite swap_fault_area_suite = {
	.name = "swap_fault_area",
	.suite_init = area_suite_init,
	.init = mmk_case_init,
	.test_cases = swap_fault_area_cases,
};

kunit_test_suite(swap_fault_area_suite);
