// SPDX-License-Identifier: GPL-2.0
/*
 * Device pages with an unexpected reference.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "moving.h"

/**
 * struct pinned_case - A pinned device page
 * @description: for the log
 * @type: of its memory
 * @select: the flag that picks it
 * @prot: of its mapping
 */
struct pinned_case {
	const char *description;
	enum memory_type type;
	unsigned long select;
	unsigned long prot;
};

static const struct pinned_case pinned_cases[] = {
	{ "device-private, writable", MEMORY_DEVICE_PRIVATE,
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, PROT_READ | PROT_WRITE },
	{ "device-private, read-only", MEMORY_DEVICE_PRIVATE,
	  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, PROT_READ },
	{ "coherent, writable", MEMORY_DEVICE_COHERENT,
	  MIGRATE_VMA_SELECT_DEVICE_COHERENT, PROT_READ | PROT_WRITE },
	{ "coherent, read-only", MEMORY_DEVICE_COHERENT,
	  MIGRATE_VMA_SELECT_DEVICE_COHERENT, PROT_READ },
};

KUNIT_ARRAY_PARAM_DESC(pinned, pinned_cases, description);

/* Migrates a page that is mapped with @prot to a device. */
static struct page *page_on_dev(struct kunit *test, struct mmk_dev *dev,
				struct mm_struct *mm, unsigned long addr,
				unsigned long prot)
{
	mmk_fill(test, addr, 1, SEED);
	KUNIT_ASSERT_EQ(test, sys_mprotect(addr, PAGE_SIZE, prot), 0L);
	return mmk_migrate_to_dev(test, mm, addr, dev);
}

/**
 * setup_refuses_pinned_device_page() - One reference too many
 *
 * A device page has an unexpected reference. migrate_vma_setup() refuses it,
 * before the driver copies anything: it is not counted, its src entry is empty,
 * and it is put back exactly as it was. Only the references of its mappings are
 * expected of a device page. Without the other one it is collected.
 *
 * Contract: MW-12
 */
static void setup_refuses_pinned_device_page(struct kunit *test)
{
	const struct pinned_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, c->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page = page_on_dev(test, dev, mm, addr, c->prot);
	struct folio *folio = page_folio(page);
	struct mmk_folio_state folio_before;
	struct mmk_mm_state mm_before;
	struct mmk_vma *v;
	pte_t pte;

	mmk_folio_get(test, folio);
	mmk_folio_snapshot(folio, &folio_before);
	mmk_mm_snapshot(mm, &mm_before);
	KUNIT_ASSERT_EQ(test, folio_before.refcount, 2);
	KUNIT_ASSERT_EQ(test, folio_before.mapcount, 1);
	pte = mmk_pte(mm, addr);

	v = mmk_vma_alloc(test, mm, addr, 1, c->select, dev);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(v), 0);
	KUNIT_EXPECT_EQ(test, v->src[0], 0UL);
	KUNIT_EXPECT_EQ(test, v->args.cpages, 0UL);
	KUNIT_EXPECT_EQ(test, v->args.npages, 1UL);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	mmk_expect_folio_same(test, "refused", folio, &folio_before);
	mmk_expect_mm_same(test, "refused", mm, &mm_before);
	mmk_vma_finalize(v);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	mmk_expect_folio_same(test, "finalized", folio, &folio_before);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);

	mmk_folio_put(test, folio);
	v = mmk_vma_alloc(test, mm, addr, 1, c->select, dev);
	KUNIT_EXPECT_EQ(test, mmk_vma_setup(v), 0);
	KUNIT_EXPECT_EQ(test, v->args.cpages, 1UL);
	KUNIT_EXPECT_PTR_EQ(test, migrate_pfn_to_page(v->src[0]), page);
	mmk_vma_finalize(v);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
}

/**
 * range_refuses_pinned_device_page() - migrate_device_range()
 *
 * The same for migrate_device_range(), which finds the page by its pfn.
 *
 * Contract: MW-12
 */
static void range_refuses_pinned_device_page(struct kunit *test)
{
	const struct pinned_case *c = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, c->type);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct page *page = page_on_dev(test, dev, mm, addr, c->prot);
	struct folio *folio = page_folio(page);
	struct mmk_folio_state before;
	unsigned long src = ~0UL;
	pte_t pte;

	mmk_folio_get(test, folio);
	mmk_folio_snapshot(folio, &before);
	pte = mmk_pte(mm, addr);

	KUNIT_EXPECT_EQ(test, migrate_device_range(&src, page_to_pfn(page), 1),
			0);
	KUNIT_EXPECT_EQ(test, src, 0UL);
	KUNIT_EXPECT_EQ(test, pte_val(mmk_pte(mm, addr)), pte_val(pte));
	mmk_expect_folio_same(test, "refused", folio, &before);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->nr_free), 0);
}

static struct kunit_case migration_wait_pinned_cases[] = {
	KUNIT_CASE_PARAM(setup_refuses_pinned_device_page, pinned_gen_params),
	KUNIT_CASE_PARAM(range_refuses_pinned_device_page, pinned_gen_params),
	{}
};

static struct kunit_suite migration_wait_pinned_suite = {
	.name = "migration_wait_pinned",
	.init = mmk_case_init,
	.test_cases = migration_wait_pinned_cases,
};

kunit_test_suite(migration_wait_pinned_suite);
