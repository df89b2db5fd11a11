// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that a device has to itself: what its driver is told, and what of the pte comes back.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../lib/bits.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/notifier.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"

#define EXCLUSIVE_SEED	0x36

/* A page of current->mm that has been written to */
static unsigned long map_page(struct kunit *test, struct mm_struct **mm)
{
	unsigned long addr;

	*mm = mmk_mm_enter(test);
	addr = mmk_map_anon(test, 1);
	mmk_fill(test, addr, 1, EXCLUSIVE_SEED);
	return addr;
}

/* Give a device exclusive access, and leave the page unlocked. */
static struct folio *give_away(struct kunit *test, struct mm_struct *mm,
			       unsigned long addr)
{
	struct folio *folio = mmk_make_exclusive(test, mm, addr);

	folio_unlock(folio);
	folio_put(folio);
	MMK_EXPECT_PTE(test, mm, addr, DEVICE_EXCLUSIVE);
	return folio;
}

/* The first event of a kind that begins or ends, and is about the page */
static const struct mmk_notifier_event *
find_event(const struct mmk_notifier *n, enum mmu_notifier_event event,
	   bool at_end)
{
	unsigned int i;

	for (i = 0; i < n->nr && i < ARRAY_SIZE(n->log); i++) {
		const struct mmk_notifier_event *e = &n->log[i];

		if (e->event == event && e->at_end == at_end &&
		    e->start <= n->watch && e->end >= n->watch + PAGE_SIZE)
			return e;
	}
	return NULL;
}

static void expect_event(struct kunit *test, const struct mmk_notifier *n,
			 enum mmu_notifier_event event, bool at_end,
			 void *owner, enum mmk_pte_kind kind)
{
	const struct mmk_notifier_event *e = find_event(n, event, at_end);
	const char *which = at_end ? "end" : "start";

	KUNIT_EXPECT_NOT_NULL_MSG(test, e, "nobody was told of the %s", which);
	if (!e)
		return;
	KUNIT_EXPECT_PTR_EQ_MSG(test, e->owner, owner, "owner at the %s", which);
	KUNIT_EXPECT_EQ_MSG(test, (int)e->pte, (int)kind, "entry at the %s",
			    which);
}

/**
 * driver_can_tell_its_own_access() - MMU_NOTIFY_EXCLUSIVE has its owner
 *
 * Other MMUs are told before a pte becomes a device-exclusive entry, and afterwards. The
 * event has the owner that the driver gave to make_device_exclusive(), so that it can leave
 * out its own, as include/linux/mmu_notifier.h has it.
 *
 * Contract: EW-1
 */
static void driver_can_tell_its_own_access(struct kunit *test)
{
	struct mmk_notifier *n;
	struct mm_struct *mm;
	unsigned long addr = map_page(test, &mm);

	n = mmk_notifier_alloc(test, mm, addr);
	give_away(test, mm, addr);
	mmk_notifier_stop(test, n);
	expect_event(test, n, MMU_NOTIFY_EXCLUSIVE, false, test,
		     MMK_PTE_PRESENT);
	expect_event(test, n, MMU_NOTIFY_EXCLUSIVE, true, test,
		     MMK_PTE_DEVICE_EXCLUSIVE);
}

/**
 * struct bits_way - What a pte says before a device gets the page
 * @description: for the log
 * @dirty: that it is dirty; the folio is not
 * @bits: which soft bits it has
 */
struct bits_way {
	const char *description;
	bool dirty;
	unsigned int bits;
};

static const struct bits_way bits_ways[] = {
	{ "dirty", true, 0 },
	{ "soft-dirty", false, MMK_SOFT_DIRTY },
	{ "dirty, soft-dirty", true, MMK_SOFT_DIRTY },
};

KUNIT_ARRAY_PARAM_DESC(bits, bits_ways, description);

/* A page as @w has it, which the device has then */
static unsigned long map_bits(struct kunit *test, struct mm_struct **mm,
			      const struct bits_way *w, struct folio **folio)
{
	unsigned long addr;

	mmk_need_bits(test, w->bits);
	addr = map_page(test, mm);
	*folio = mmk_pte_folio(test, *mm, addr);
	mmk_pte_set_flags(test, *mm, addr, true, w->dirty);
	if (MMK_HAS_BITS & MMK_SOFT_DIRTY)
		mmk_set_bits(test, *mm, addr, w->bits);
	folio_clear_dirty(*folio);
	KUNIT_EXPECT_PTR_EQ(test, give_away(test, *mm, addr), *folio);
	return addr;
}

/**
 * exclusive_access_keeps_what_was_written() - Dirty and soft-dirty
 *
 * That the pte was dirty is known to the folio once the pte is gone: the page may not be
 * thrown away. The entry is soft-dirty exactly if the pte was, and so is the pte when the
 * CPU has the page again.
 *
 * Contract: EW-1
 */
static void exclusive_access_keeps_what_was_written(struct kunit *test)
{
	const struct bits_way *w = test->param_value;
	struct mm_struct *mm;
	struct folio *folio;
	unsigned long addr = map_bits(test, &mm, w, &folio);

	if (w->dirty)
		KUNIT_EXPECT_TRUE(test, folio_test_dirty(folio));
	if (MMK_HAS_BITS & MMK_SOFT_DIRTY)
		MMK_EXPECT_BITS(test, mm, addr, w->bits);
	/* A dirty pte would be soft-dirty on its own. */
	folio_clear_dirty(folio);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, false), 0);
	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	if (w->bits)
		MMK_EXPECT_BITS(test, mm, addr, w->bits);
	MMK_EXPECT_HOLDS(test, addr, 1, EXCLUSIVE_SEED);
}

/**
 * page_of_a_device_is_unmapped_as_mapped() - try_to_migrate()
 *
 * If a device-exclusive entry counts as a mapping of its page, it becomes a migration entry
 * of a page that is exclusive, with the soft-dirty bit that it had; the page is no longer
 * mapped then. If it does not count, it stays as it is. When the migration has failed, the page
 * is there for the CPU, or for its next fault, and holds its bytes.
 *
 * Contract: EW-1
 */
static void page_of_a_device_is_unmapped_as_mapped(struct kunit *test)
{
	const struct bits_way *w = test->param_value;
	struct mmk_mm_state before;
	struct mmk_hold *hold;
	struct mm_struct *mm;
	struct folio *folio;
	unsigned long addr = map_bits(test, &mm, w, &folio);
	bool mapped = folio_mapped(folio);
	enum mmk_pte_kind kind;

	mmk_mm_snapshot(mm, &before);
	hold = mmk_hold(test, folio);
	if (mapped) {
		try_to_migrate(folio, 0);
		kind = mmk_pte_kind(mm, addr);
		KUNIT_EXPECT_TRUE(test, kind == MMK_PTE_MIGRATION_WRITE ||
				  kind == MMK_PTE_MIGRATION_READ_EXCLUSIVE);
		KUNIT_EXPECT_FALSE(test, folio_mapped(folio));
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
		if (w->bits)
			MMK_EXPECT_BITS(test, mm, addr, w->bits);
		remove_migration_ptes(folio, folio, 0);
		MMK_EXPECT_PTE(test, mm, addr, PRESENT);
		if (w->bits)
			MMK_EXPECT_BITS(test, mm, addr, w->bits);
	}
	mmk_hold_finish(test, hold, false);
	mmk_expect_mm_same(test, "afterwards", mm, &before);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_EXPECT_PTR_EQ(test, mmk_pte_folio(test, mm, addr), folio);
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), 1);
	MMK_EXPECT_HOLDS(test, addr, 1, EXCLUSIVE_SEED);
}

static struct kunit_case walker_exclusive_cases[] = {
	KUNIT_CASE(driver_can_tell_its_own_access),
	KUNIT_CASE_PARAM(exclusive_access_keeps_what_was_written,
			 bits_gen_params),
	KUNIT_CASE_PARAM(page_of_a_device_is_unmapped_as_mapped,
			 bits_gen_params),
	{}
};

static struct kunit_suite walker_exclusive_suite = {
	.name = "walker_exclusive",
	.init = mmk_case_init,
	.test_cases = walker_exclusive_cases,
};

kunit_test_suite(walker_exclusive_suite);
