// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages of tmpfs that are unmapped: what the pmd said of them is not lost.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/snapshot.h"

static int drop_all(unsigned long addr)
{
	return vm_munmap(addr, MMK_HUGE_SIZE);
}

static int drop_part(unsigned long addr)
{
	return vm_munmap(addr + MMK_HUGE_SIZE / 2, MMK_HUGE_SIZE / 2);
}

static int drop_all_by_advice(unsigned long addr)
{
	return do_madvise(current->mm, addr, MMK_HUGE_SIZE, MADV_DONTNEED);
}

static int drop_part_by_advice(unsigned long addr)
{
	return do_madvise(current->mm, addr, PAGE_SIZE, MADV_DONTNEED);
}

static int protect_part(unsigned long addr)
{
	return sys_mprotect(addr, MMK_HUGE_SIZE / 2, PROT_READ);
}

/* Ways to take the pmd away; some of the pages may be used again if it is split. */
static const struct file_drop {
	const char *name;
	int (*drop)(unsigned long addr);
	bool splits;
} file_drops[] = {
	{ "munmap", drop_all, false },
	{ "munmap of a part", drop_part, true },
	{ "MADV_DONTNEED", drop_all_by_advice, false },
	{ "MADV_DONTNEED of a page", drop_part_by_advice, true },
	{ "mprotect of a part", protect_part, true },
};

/**
 * struct file_way - A pmd, and how it goes
 * @drop: how
 * @dirty: it is dirty, and the folio is not
 * @young: it is young, and the folio was not used
 */
struct file_way {
	const struct file_drop *drop;
	bool dirty;
	bool young;
};

static struct file_way file_way;

MMK_GEN_PARAMS(file)
{
	if (!prev)
		file_way = (struct file_way){ .drop = file_drops };
	else if (!file_way.dirty)
		file_way.dirty = true;
	else if (!file_way.young)
		file_way = (struct file_way){ file_way.drop, false, true };
	else
		file_way = (struct file_way){ .drop = file_way.drop + 1 };
	if (file_way.drop == file_drops + ARRAY_SIZE(file_drops))
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s, %s", file_way.drop->name,
		 file_way.dirty ? "dirty" : "clean",
		 file_way.young ? "young" : "old");
	return &file_way;
}

/**
 * unmapped_huge_page_of_a_file_is_dirty_as_before() - And was used, if it was
 *
 * A write through a shared mapping is carried through to the file (mmap(2)). When the pmd
 * goes, the folio is dirty if the pmd was: it may not be thrown away as clean. It is marked
 * as used if the pmd was young and is split, so that pages of it are still mapped, or will
 * be. Of a pmd that was neither, nothing is said. The page is still whole, in the page
 * cache, and holds what was written.
 *
 * Contract: LF-7, ME-12
 */
static void unmapped_huge_page_of_a_file_is_dirty_as_before(struct kunit *test)
{
	const struct file_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_huge_file(test, mm);
	struct folio *folio = mmk_pmd_folio(test, mm, addr);
	struct mmk_mm_state rss;

	mmk_folio_get(test, folio);
	mmk_fill(test, addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	lru_add_drain_all();
	folio_clear_dirty(folio);
	folio_clear_referenced(folio);
	folio_clear_active(folio);
	mmk_pmd_set_flags(test, mm, addr, w->young, w->dirty);
	KUNIT_ASSERT_FALSE(test, folio_test_dirty(folio));
	KUNIT_EXPECT_EQ(test, w->drop->drop(addr), 0);
	lru_add_drain_all();
	KUNIT_EXPECT_FALSE(test, folio_mapped(folio));
	KUNIT_EXPECT_EQ(test, folio_test_dirty(folio), w->dirty);
	if (w->drop->splits || !w->young)
		KUNIT_EXPECT_EQ(test, folio_test_referenced(folio) ||
				folio_test_active(folio), w->young);
	KUNIT_EXPECT_EQ(test, folio_order(folio), (unsigned int)PMD_ORDER);
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio),
			1 + (int)MMK_HUGE_PAGES);
	mmk_mm_snapshot(mm, &rss);
	KUNIT_EXPECT_EQ(test, rss.shmem, 0L);
	KUNIT_EXPECT_EQ(test, rss.file, 0L);
	MMK_EXPECT_FOLIO_HOLDS(test, folio, MMK_LARGE_SEED);
	mmk_folio_put(test, folio);
}

static struct kunit_case large_folio_file_cases[] = {
	KUNIT_CASE_PARAM(unmapped_huge_page_of_a_file_is_dirty_as_before,
			 file_gen_params),
	{}
};

static struct kunit_suite large_folio_file_suite = {
	.name = "large_folio_file",
	.init = mmk_case_init,
	.test_cases = large_folio_file_cases,
};

kunit_test_suite(large_folio_file_suite);
