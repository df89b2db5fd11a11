// SPDX-License-Identifier: GPL-2.0
/*
 * The encoding of migration entries: pfn and flags are kept, no entry is taken
 * for a swap slot, and an entry leads to its folio while that is locked.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/prandom.h>
#include <linux/swap.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "../lib/swap.h"

/* The highest possible pfn, and its number of bits */
#define PFN_BITS	(MAX_PHYSMEM_BITS - PAGE_SHIFT)
#define MAX_PFN		(BIT(PFN_BITS) - 1)

/* ME-1: the encoding */

/**
 * struct entry_case - One kind of migration entry
 * @description: for the KTAP line
 * @make: makes an entry of the kind
 * @kind: the kind
 */
struct entry_case {
	const char *description;
	softleaf_t (*make)(pgoff_t pfn);
	enum mmk_pte_kind kind;
};

static const struct entry_case entry_cases[] = {
	{ "readable", make_readable_migration_entry,
	  MMK_PTE_MIGRATION_READ },
	{ "readable exclusive", make_readable_exclusive_migration_entry,
	  MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "writable", make_writable_migration_entry,
	  MMK_PTE_MIGRATION_WRITE },
};

KUNIT_ARRAY_PARAM_DESC(entry, entry_cases, description);

static softleaf_t entry_with_flags(softleaf_t entry, bool young, bool dirty)
{
	if (young)
		entry = make_migration_entry_young(entry);
	if (dirty)
		entry = make_migration_entry_dirty(entry);
	return entry;
}

/* What is wrong after the way through a pte, or NULL */
static const char *trip_breaks(const struct entry_case *c, unsigned long pfn,
			       bool young, bool dirty)
{
	softleaf_t entry = entry_with_flags(c->make(pfn), young, dirty);
	pte_t pte = softleaf_to_pte(entry);
	softleaf_t back;

	if (mmk_pte_classify(pte) != c->kind)
		return mmk_pte_kind_name(mmk_pte_classify(pte));
	back = softleaf_from_pte(pte);
	if (back.val != entry.val)
		return "another entry";
	if (!softleaf_is_migration(back) || !softleaf_has_pfn(back))
		return "not taken for an entry with a pfn";
	if (softleaf_to_pfn(back) != pfn)
		return "another pfn";
	if ((bool)softleaf_is_migration_young(back) != entry_may_be(young))
		return "not as young";
	if ((bool)softleaf_is_migration_dirty(back) != entry_may_be(dirty))
		return "not as dirty";
	return NULL;
}

/* One pfn, with each of the four combinations of the flags */
static void expect_round_trip(struct kunit *test, const struct entry_case *c,
			      unsigned long pfn)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		const char *fault = trip_breaks(c, pfn, i & 1, i & 2);

		/*
		 * An assertion: nearly all others would fail in the same way.
		 */
		KUNIT_ASSERT_NULL_MSG(test, fault,
				      "pfn %lx, young %d, dirty %d: %s", pfn,
				      i & 1, !!(i & 2), fault);
	}
}

/**
 * pte_round_trip_keeps_entry() - Encoding loses nothing
 *
 * For the lowest and the highest pfn, for each pfn with a single bit set or
 * clear, and for random ones: the pte is neither none nor present, is of the
 * right kind, and has the pfn, young and dirty.
 *
 * Contract: ME-1
 */
static void pte_round_trip_keeps_entry(struct kunit *test)
{
	const struct entry_case *c = test->param_value;
	struct rnd_state rnd;
	unsigned int i;

	expect_round_trip(test, c, 0);
	expect_round_trip(test, c, MAX_PFN);
	for (i = 0; i < PFN_BITS; i++) {
		expect_round_trip(test, c, BIT(i));
		expect_round_trip(test, c, MAX_PFN & ~BIT(i));
	}

	prandom_seed_state(&rnd, SCENE_SEED);
	for (i = 0; i < 1000; i++)
		expect_round_trip(test, c, MAX_PFN &
				  ((u64)prandom_u32_state(&rnd) << 32 |
				   prandom_u32_state(&rnd)));
}

/**
 * entry_leads_to_its_page() - While its folio is locked
 *
 * For each page of a folio of four, with all combinations of flags: the entry
 * leads to that page, and to the folio.
 *
 * Contract: ME-1
 */
static void entry_leads_to_its_page(struct kunit *test)
{
	const struct entry_case *c = test->param_value;
	struct folio *folio = folio_alloc(GFP_KERNEL, 2);
	softleaf_t entry;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, folio);
	folio_lock(folio);
	for (i = 0; i < 4 * 4; i++) {
		entry = entry_with_flags(c->make(folio_pfn(folio) + i / 4),
					 i & 1, i & 2);
		entry = softleaf_from_pte(softleaf_to_pte(entry));
		KUNIT_EXPECT_PTR_EQ(test, softleaf_to_page(entry),
				    folio_page(folio, i / 4));
		KUNIT_EXPECT_PTR_EQ(test, softleaf_to_folio(entry), folio);
	}
	folio_unlock(folio);
	folio_put(folio);
}

/* ME-10: never taken for swap */

/**
 * entry_has_no_swap_device() - With a swap area on
 *
 * get_swap_device() finds no area for an entry, whatever its kind. To put the
 * entry as if it were a swap entry frees no slot.
 *
 * Contract: ME-10
 */
static void entry_has_no_swap_device(struct kunit *test)
{
	const struct entry_case *c = test->param_value;
	struct swap_info_struct *si;
	long free_slots;
	softleaf_t entry;

	mmk_mm_enter(test);
	mmk_swap_on(test);
	free_slots = get_nr_swap_pages();
	/* This pfn would be a slot of the first area. */
	entry = c->make(1);
	KUNIT_EXPECT_FALSE(test, softleaf_is_swap(entry));

	si = get_swap_device(entry);
	KUNIT_EXPECT_NULL(test, si);
	if (si)
		put_swap_device(si);
	mmk_swap_put_if_swap(entry);
	KUNIT_EXPECT_EQ(test, get_nr_swap_pages(), free_slots);
}

/* ME-11: an entry is followed only while its folio is locked */

/* An entry whose folio the case is about to unlock */
static softleaf_t entry_to_follow(struct kunit *test, struct scene *s)
{
	struct mm_struct *mm = mmk_mm_enter(test);

	mmk_expect_report(test);
	mmk_scene_unmap(test, s, mm, &mmk_page_cases[0]);
	return softleaf_from_pte(mmk_pte(mm, s->addr));
}

/* Restores the pte, if the report has not ended the kernel. */
static void entry_followed(struct kunit *test, struct scene *s)
{
	folio_lock(s->src);
	remove_migration_ptes(s->src, s->src, 0);
	mmk_hold_finish(test, s->hold, false);
}

/**
 * entry_to_page_needs_folio_lock() - softleaf_to_page() checks
 *
 * A folio is locked as long as there are migration entries for it. Then an
 * entry leads to its page. If the folio is unlocked, the kernel reports a task
 * that follows the entry.
 *
 * Contract: ME-11
 * Report: bug include/linux/swapops.h | warning include/linux/leafops.h
 */
static void entry_to_page_needs_folio_lock(struct kunit *test)
{
	struct scene s;
	softleaf_t entry = entry_to_follow(test, &s);

	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_page(entry),
			    folio_page(s.src, 0));
	folio_unlock(s.src);

	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_page(entry),
			    folio_page(s.src, 0));
	entry_followed(test, &s);
}

/**
 * entry_to_folio_needs_folio_lock() - softleaf_to_folio() checks
 *
 * As entry_to_page_needs_folio_lock(), for the folio.
 *
 * Contract: ME-11
 * Report: bug include/linux/swapops.h | warning include/linux/leafops.h
 */
static void entry_to_folio_needs_folio_lock(struct kunit *test)
{
	struct scene s;
	softleaf_t entry = entry_to_follow(test, &s);

	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_folio(entry), s.src);
	folio_unlock(s.src);

	KUNIT_EXPECT_PTR_EQ(test, softleaf_to_folio(entry), s.src);
	entry_followed(test, &s);
}

static struct kunit_case migration_entry_encoding_cases[] = {
	KUNIT_CASE_PARAM(pte_round_trip_keeps_entry, entry_gen_params),
	KUNIT_CASE_PARAM(entry_leads_to_its_page, entry_gen_params),
	KUNIT_CASE_PARAM(entry_has_no_swap_device, entry_gen_params),
	KUNIT_CASE(entry_to_page_needs_folio_lock),
	KUNIT_CASE(entry_to_folio_needs_folio_lock),
	{}
};

static struct kunit_suite migration_entry_encoding_suite = {
	.name = "migration_entry_encoding",
	.init = mmk_case_init,
	.test_cases = migration_entry_encoding_cases,
};

kunit_test_suite(migration_entry_encoding_suite);
