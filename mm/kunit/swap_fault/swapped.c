// SPDX-License-Identifier: GPL-2.0
/*
 * A page that has been swapped out, its area, and the locks of its fault.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/percpu-refcount.h>
#include <linux/poison.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../compat/vma.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "../lib/wait.h"
#include "swapped.h"

/**
 * struct area - The swap area of a case
 * @test: the case
 * @si: the area
 * @refs: references on it when the case began
 */
struct area {
	struct kunit *test;
	struct swap_info_struct *si;
	long refs;
};

/* Reports leaked references and drops them: swapoff would wait for ever. */
static void area_check(void *data)
{
	struct area *area = data;
	long leaked;

	mmk_wait_for(!mmk_tasks_running());
	leaked = mmk_percpu_ref_sum(&area->si->users) - area->refs;
	KUNIT_EXPECT_EQ_MSG(area->test, leaked, 0L,
			    "references on the swap area leaked");
	for (; leaked > 0; leaked--)
		percpu_ref_put(&area->si->users);
	for (; leaked < 0; leaked++)
		percpu_ref_get(&area->si->users);
}

/*
 * Turns the swap area on until the case ends. If @keep_cached, pages that are
 * read stay in the swap cache, see mmk_swap_on_slow().
 */
struct mmk_swap *sf_area_on(struct kunit *test, bool keep_cached)
{
	struct mmk_swap *swap = keep_cached ? mmk_swap_on_slow(test) :
					      mmk_swap_on(test);
	struct area *area = kunit_kzalloc(test, sizeof(*area), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, area);
	area->test = test;
	area->si = __swap_entry_to_info(swp_entry(0, 1));
	KUNIT_ASSERT_NOT_NULL(test, area->si);
	area->refs = mmk_percpu_ref_sum(&area->si->users);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, area_check, area),
			0);
	return swap;
}

struct vm_area_struct *sf_vma_at(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	mmap_read_unlock(mm);
	return vma;
}

/*
 * A deferred action; lock_folio() and unlock_folio() have to use the same one.
 */
void sf_release_lock(void *folio)
{
	folio_unlock(folio);
}

/* Otherwise a page that has not been read could hold the right bytes. */
void sf_scrub_free_pages(void)
{
	struct page *pages[32];
	int nr;

	for (nr = 0; nr < ARRAY_SIZE(pages); nr++) {
		pages[nr] = alloc_page(GFP_HIGHUSER_MOVABLE);
		if (!pages[nr])
			break;
		memset_page(pages[nr], 0, POISON_INUSE, PAGE_SIZE);
	}
	while (nr--)
		__free_page(pages[nr]);
}

void sf_swap_out_filled(struct kunit *test, struct swapped *s,
			bool keep_cached)
{
	struct folio *folio;

	folio = mmk_pte_folio(test, s->mm, s->addr);
	if (keep_cached)
		mmk_folio_get(test, folio);
	KUNIT_ASSERT_EQ(test, mmk_pageout(s->addr, PAGE_SIZE), 0);
	KUNIT_ASSERT_EQ(test, (int)mmk_pte_kind(s->mm, s->addr),
			(int)MMK_PTE_SWAP);
	s->entry = softleaf_from_pte(mmk_pte(s->mm, s->addr));
	s->folio = keep_cached ? folio : NULL;
	if (keep_cached)
		KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	else
		sf_scrub_free_pages();
	KUNIT_ASSERT_EQ(test, slots_used(), 1L);
	s->idle = vma_lock_count(s->mm, s->addr);
	s->mmap_idle = mmk_mmap_lock_count(s->mm);
}

/* A new mm, a swap area, and one page that is swapped out */
void sf_swapped_init(struct kunit *test, struct swapped *s,
		     bool keep_cached)
{
	s->mm = mmk_mm_enter(test);
	sf_area_on(test, keep_cached);
	s->addr = mmk_map_anon(test, 1);
	swap_out(test, s, keep_cached);
}

void sf_expect_locks_idle(struct kunit *test, const struct swapped *s)
{
	KUNIT_EXPECT_EQ_MSG(test, vma_lock_count(s->mm, s->addr), s->idle,
			    "the VMA lock is not back where it was");
	KUNIT_EXPECT_EQ_MSG(test, mmk_mmap_lock_count(s->mm), s->mmap_idle,
			    "mmap_lock is not back where it was");
}

/* A page in the swap cache, locked by the case and with a reference of it */
void sf_locked_init(struct kunit *test, struct swapped *s,
		    struct mmk_folio_state *unlocked)
{
	sf_swapped_init(test, s, true);
	mmk_folio_snapshot(s->folio, unlocked);
	lock_folio(test, s->folio);
}

const struct wait_case sf_lock_cases[] = {
	{ "VMA lock", USER_READ, MMK_VMA_LOCK },
	{ "mmap_lock", USER_READ, MMK_MMAP_LOCK },
};

/* Empties the pte of sf_leaf_set(), which is in no counter. */
static void leaf_clear(void *data)
{
	struct swapped *s = data;

	mmk_pte_store(s->mm, s->addr, __pte(0));
}

void sf_leaf_set(struct kunit *test, struct swapped *s, softleaf_t entry)
{
	s->entry = entry;
	KUNIT_ASSERT_TRUE(test, mmk_pte_store(s->mm, s->addr,
					      softleaf_to_pte(entry)));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, leaf_clear, s), 0);
}

/* The page stays locked until unlock_folio(), and the case has a reference. */
void sf_make_exclusive(struct kunit *test, struct swapped *s)
{
	s->folio = mmk_make_exclusive(test, s->mm, s->addr);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, sf_release_lock,
							s->folio), 0);
	mmk_folio_get(test, s->folio);
	folio_put(s->folio);
	s->entry = softleaf_from_pte(mmk_pte(s->mm, s->addr));
}
