// SPDX-License-Identifier: GPL-2.0
/*
 * Soft bits of a page that moves to device memory, is migrated there, and comes
 * back.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/rmap.h"
#include "../compat/uffd.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "soft_bits.h"

static const struct soft_case device_cases[] = {
	{ "none", ANON_EXCLUSIVE, 0, true, true,
	  MMK_PTE_DEVICE_PRIVATE_WRITE },
	{ "soft-dirty", ANON_EXCLUSIVE, MMK_SOFT_DIRTY, true, true,
	  MMK_PTE_DEVICE_PRIVATE_WRITE },
	{ "protected", ANON_EXCLUSIVE, MMK_UFFD, true, false,
	  MMK_PTE_DEVICE_PRIVATE_READ },
	{ "both", ANON_EXCLUSIVE, MMK_SOFT_DIRTY | MMK_UFFD, true, false,
	  MMK_PTE_DEVICE_PRIVATE_READ },
};

KUNIT_ARRAY_PARAM_DESC(device, device_cases, description);

/* Returns the device page, which has the bits. */
static struct page *to_device(struct kunit *test, struct soft *soft,
			      const struct soft_case *how, struct mmk_dev *dev)
{
	struct page *page;

	sb_map(test, soft, how);
	page = mmk_migrate_to_dev(test, soft->s.mm, soft->s.addr, dev);
	MMK_EXPECT_KIND(test, mmk_pte_kind(soft->s.mm, soft->s.addr),
			how->kind);
	MMK_EXPECT_BITS(test, soft->s.mm, soft->s.addr, how->bits);
	return page;
}

/**
 * bits_go_to_device_and_come_back() - migrate_vma_*(), and a read fault
 *
 * The entry of the device page has the bits of the pte, and the pte of the page
 * that comes back has them again.
 *
 * Contract: WP-1
 */
static void bits_go_to_device_and_come_back(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct soft soft;
	pte_t pte;

	to_device(test, &soft, how, dev);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, soft.s.addr, false), 0);
	pte = mmk_pte(soft.s.mm, soft.s.addr);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, PRESENT);
	MMK_EXPECT_THESE_BITS(test, mmk_bits_of_pte(pte), how->bits);
	if (how->bits & MMK_UFFD)
		KUNIT_EXPECT_FALSE(test, pte_write(pte));
	MMK_EXPECT_HOLDS(test, soft.s.addr, 1, SCENE_SEED);
}

/**
 * migration_of_device_page_carries_bits() - try_to_migrate() of a device page
 *
 * Both entries are not present: the one of the device page, and the migration
 * entry that takes its place, and gives it back.
 *
 * Contract: WP-1
 */
static void migration_of_device_page_carries_bits(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct folio *folio;
	struct soft soft;

	folio = page_folio(to_device(test, &soft, how, dev));
	folio_get(folio);
	folio_lock(folio);
	try_to_migrate(folio, 0);
	MMK_EXPECT_KIND(test, mmk_pte_kind(soft.s.mm, soft.s.addr),
			how->write ? MMK_PTE_MIGRATION_WRITE :
				     MMK_PTE_MIGRATION_READ_EXCLUSIVE);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
	remove_migration_ptes(folio, folio, 0);
	folio_unlock(folio);
	folio_put(folio);
	MMK_EXPECT_KIND(test, mmk_pte_kind(soft.s.mm, soft.s.addr),
			how->kind);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
}

/**
 * driver_takes_page_back_with_its_bits() - migrate_vma_*() from a device
 *
 * The driver moves the page back by itself. While it is at it, the entry of the
 * device page is replaced by a migration entry, which has the bits.
 *
 * Contract: WP-1
 */
static void driver_takes_page_back_with_its_bits(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mmk_vma *m;
	struct soft soft;

	to_device(test, &soft, how, dev);
	m = mmk_vma_alloc(test, soft.s.mm, soft.s.addr, 1,
			  MIGRATE_VMA_SELECT_DEVICE_PRIVATE, dev);
	KUNIT_ASSERT_EQ(test, mmk_vma_setup(m), 0);
	KUNIT_ASSERT_EQ(test, m->args.cpages, 1UL);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
	mmk_vma_copy_to_ram(test, m);
	mmk_vma_pages(m);
	mmk_vma_finalize(m);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, PRESENT);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
	MMK_EXPECT_HOLDS(test, soft.s.addr, 1, SCENE_SEED);
}

/**
 * mprotect_keeps_protection_of_device_page() - A page that is on a device
 *
 * The page is read-only then, there and when it is back. userfaultfd protects it if it did
 * before, and only then.
 *
 * Contract: WP-1, WP-2
 */
static void mprotect_keeps_protection_of_device_page(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct soft soft;

	to_device(test, &soft, how, dev);
	KUNIT_EXPECT_EQ(test, sys_mprotect(soft.s.addr, PAGE_SIZE, PROT_READ),
			0L);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_EQ(test, mmk_bits(soft.s.mm, soft.s.addr) & MMK_UFFD,
			how->bits & MMK_UFFD);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(soft.s.mm, soft.s.addr, false), 0);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, PRESENT);
	KUNIT_EXPECT_EQ(test, mmk_bits(soft.s.mm, soft.s.addr) & MMK_UFFD,
			how->bits & MMK_UFFD);
	KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(soft.s.mm, soft.s.addr)));
	MMK_EXPECT_HOLDS(test, soft.s.addr, 1, SCENE_SEED);
}

/**
 * fork_protects_no_device_page() - fork() of a page that is on a device
 *
 * Parent and child may only read it. The parent's entry is protected if it was before, and
 * only then; the child's is not, for userfaultfd does not follow fork().
 *
 * Contract: WP-1, WP-2
 */
static void fork_protects_no_device_page(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	struct mm_struct *child;
	struct soft soft;

	to_device(test, &soft, how, dev);
	child = mmk_fork(test);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_EQ(test, mmk_bits(soft.s.mm, soft.s.addr) & MMK_UFFD,
			how->bits & MMK_UFFD);
	MMK_EXPECT_PTE(test, child, soft.s.addr, DEVICE_PRIVATE_READ);
	KUNIT_EXPECT_FALSE(test, mmk_bits(child, soft.s.addr) & MMK_UFFD);
}

static void give_back_action(void *data)
{
	struct folio *folio = data;

	folio_unlock(folio);
	folio_put(folio);
}

/**
 * mprotect_keeps_bits_of_exclusive_entry() - A page that a device has for itself
 *
 * mprotect() changes which accesses are allowed, and neither bit. An entry that userfaultfd
 * protects is never a writable one.
 *
 * Contract: WP-1
 */
static void mprotect_keeps_bits_of_exclusive_entry(struct kunit *test)
{
	const struct soft_case *how = test->param_value;
	const struct soft_case none = { .backing = ANON_EXCLUSIVE };
	struct folio *folio;
	struct soft soft;

	mmk_need_bits(test, how->bits);
	sb_map(test, &soft, &none);
	folio = mmk_make_exclusive(test, soft.s.mm, soft.s.addr);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, give_back_action,
							folio), 0);
	if (how->bits & MMK_UFFD)
		KUNIT_ASSERT_EQ(test, sys_mprotect(soft.s.addr, PAGE_SIZE,
						   PROT_READ), 0L);
	mmk_set_bits(test, soft.s.mm, soft.s.addr, how->bits);
	KUNIT_EXPECT_EQ(test, sys_mprotect(soft.s.addr, PAGE_SIZE,
					   how->bits & MMK_UFFD ? PROT_NONE :
								  PROT_READ),
			0L);
	MMK_EXPECT_PTE(test, soft.s.mm, soft.s.addr, DEVICE_EXCLUSIVE);
	MMK_EXPECT_BITS(test, soft.s.mm, soft.s.addr, how->bits);
}

static struct kunit_case soft_bits_device_cases[] = {
	KUNIT_CASE_PARAM(bits_go_to_device_and_come_back, device_gen_params),
	KUNIT_CASE_PARAM(mprotect_keeps_protection_of_device_page,
			 device_gen_params),
	KUNIT_CASE_PARAM(fork_protects_no_device_page, device_gen_params),
	KUNIT_CASE_PARAM(mprotect_keeps_bits_of_exclusive_entry,
			 device_gen_params),
	KUNIT_CASE_PARAM(migration_of_device_page_carries_bits,
			 device_gen_params),
	KUNIT_CASE_PARAM(driver_takes_page_back_with_its_bits,
			 device_gen_params),
	{}
};

static struct kunit_suite soft_bits_device_suite = {
	.name = "soft_bits_device",
	.init = mmk_case_init,
	.test_cases = soft_bits_device_cases,
};

kunit_test_suite(soft_bits_device_suite);
