// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that KSM merges, as an administrator and a process have it done:
 * Documentation/admin-guide/mm/ksm.rst.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>

#include "../../internal.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/wait.h"
#include "ksm.h"

static ssize_t ksm_write(struct vfsmount *sysfs, const char *name,
			 const char *text)
{
	char path[40];
	struct file *file;
	loff_t pos = 0;
	ssize_t n;

	snprintf(path, sizeof(path), "kernel/mm/ksm/%s", name);
	file = file_open_root_mnt(sysfs, path, O_WRONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	n = kernel_write(file, text, strlen(text), &pos);
	fput(file);
	return n;
}

static void ksm_set(struct kunit *test, struct km *km, const char *name,
		    const char *text)
{
	KUNIT_ASSERT_EQ_MSG(test, ksm_write(km->sysfs, name, text),
			    (ssize_t)strlen(text), "%s", name);
}

/* Everything is taken apart again, and KSM forgets the address spaces. */
static void ksm_end(void *sysfs)
{
	ksm_write(sysfs, "run", "2");
	ksm_write(sysfs, "run", "0");
	flush_delayed_fput();
	mntput(sysfs);
}

static bool merged(struct km *km)
{
	struct page *first = mmk_pte_page(km->mms[0], km->addr);
	unsigned int i;

	if (!first || !folio_test_ksm(page_folio(first)))
		return false;
	for (i = 1; i < km->nr; i++)
		if (mmk_pte_page(km->mms[i], km->addr) != first)
			return false;
	return !km->apart || mmk_pte_page(km->mms[0], km->apart) == first;
}

/**
 * km_pause() - Have KSM stand still
 * @test: the case
 * @km: from km_merge()
 *
 * What is merged stays so.
 */
void km_pause(struct kunit *test, struct km *km)
{
	ksm_set(test, km, "run", "0");
}

/**
 * km_resume_until_merged() - Let KSM run until all pages are one
 * @test: the case
 * @km: the address spaces
 *
 * KSM stands still when this returns.
 *
 * Return: whether they are, before the deadline.
 */
bool km_resume_until_merged(struct kunit *test, struct km *km)
{
	bool done;

	ksm_set(test, km, "run", "1");
	done = mmk_wait_for(merged(km));
	km_pause(test, km);
	return done;
}

/**
 * km_join() - Add an address space with a page of its own
 * @test: the case
 * @km: the others
 *
 * It is a child, and has written to its page: the page holds the same bytes.
 */
void km_join(struct kunit *test, struct km *km)
{
	struct mm_struct *mm;
	u8 byte;

	KUNIT_ASSERT_LT(test, km->nr, KM_NR);
	mm = mmk_fork(test);
	km->mms[km->nr++] = mm;
	KUNIT_ASSERT_EQ(test, copy_from_user(&byte, (void __user *)km->addr, 1),
			0UL);
	KUNIT_ASSERT_EQ(test, mmk_mm_poke(mm, km->addr, byte), 0);
	KUNIT_ASSERT_PTR_NE(test, mmk_pte_page(mm, km->addr),
			    mmk_pte_page(km->mms[0], km->addr));
}

static void ksm_begin(struct kunit *test, struct km *km)
{
	struct file_system_type *type = get_fs_type("sysfs");

	*km = (struct km){};
	KUNIT_ASSERT_NOT_NULL(test, type);
	km->sysfs = vfs_kern_mount(type, SB_KERNMOUNT, "none", NULL);
	put_filesystem(type);
	KUNIT_ASSERT_FALSE(test, IS_ERR(km->sysfs));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ksm_end,
							km->sysfs), 0);
	ksm_set(test, km, "sleep_millisecs", "1");
	ksm_set(test, km, "pages_to_scan", "1000");
	km->mms[0] = mmk_mm_enter(test);
	km->nr = 1;
}

/**
 * km_merge_apart() - Have two pages of one address space merged
 * @test: the case
 * @km: filled in
 *
 * Their VMAs have nothing in common: each has an anon_vma of its own. KSM stands
 * still when this returns.
 */
void km_merge_apart(struct kunit *test, struct km *km)
{
	ksm_begin(test, km);
	km->addr = mmk_map_anon(test, 3);
	km->apart = km->addr + 2 * PAGE_SIZE;
	KUNIT_ASSERT_EQ(test, do_madvise(km->mms[0], km->addr, 3 * PAGE_SIZE,
					 MADV_MERGEABLE), 0);
	KUNIT_ASSERT_EQ(test, vm_munmap(km->addr + PAGE_SIZE, PAGE_SIZE), 0);
	mmk_fill(test, km->addr, 1, KM_SEED);
	mmk_fill(test, km->apart, 1, KM_SEED);
	KUNIT_ASSERT_TRUE(test, km_resume_until_merged(test, km));
	km->folio = page_folio(mmk_pte_page(km->mms[0], km->addr));
	lru_add_drain_all();
}

/**
 * km_merge() - Have a page merged
 * @test: the case
 * @km: filled in
 * @nr: so many address spaces have the page
 *
 * KSM stands still when this returns.
 */
void km_merge(struct kunit *test, struct km *km, unsigned int nr)
{
	ksm_begin(test, km);
	km->addr = mmk_map_anon(test, 1);
	mmk_fill(test, km->addr, 1, KM_SEED);
	KUNIT_ASSERT_EQ(test, do_madvise(km->mms[0], km->addr, PAGE_SIZE,
					 MADV_MERGEABLE), 0);
	while (km->nr < nr)
		km_join(test, km);
	KUNIT_ASSERT_TRUE(test, km_resume_until_merged(test, km));
	km->folio = page_folio(mmk_pte_page(km->mms[0], km->addr));
	lru_add_drain_all();
}

/**
 * km_expect_mapped() - Expect a page to be mapped by all of them
 * @test: the case
 * @km: the address spaces
 * @folio: the page
 */
void km_expect_mapped(struct kunit *test, struct km *km, struct folio *folio)
{
	unsigned int i;

	lru_add_drain_all();
	for (i = 0; i < km->nr; i++) {
		MMK_EXPECT_PTE(test, km->mms[i], km->addr, PRESENT);
		KUNIT_EXPECT_PTR_EQ(test, mmk_pte_page(km->mms[i], km->addr),
				    folio_page(folio, 0));
		KUNIT_EXPECT_FALSE(test, pte_write(mmk_pte(km->mms[i],
							   km->addr)));
		MMK_EXPECT_MM_HOLDS(test, km->mms[i], km->addr, 1, KM_SEED);
	}
	KUNIT_EXPECT_TRUE(test, folio_test_ksm(folio));
	KUNIT_EXPECT_EQ(test, folio_mapcount(folio), (int)km->nr);
}
