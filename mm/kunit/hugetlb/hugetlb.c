// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of hugetlb, and their migration step by step.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/slab.h>

#include "../../internal.h"
#include "../compat/hugetlb.h"
#include "../compat/rmap.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "hugetlb.h"

/* So many huge pages may be taken from the page allocator at a time. */
#define HT_OVERCOMMIT	8

static void pool_shrink(void *unused)
{
	default_hstate.nr_overcommit_huge_pages = 0;
}

static void mount_end(void *mnt)
{
	mntput(mnt);
}

static void file_close(void *file)
{
	fput(file);
	flush_delayed_fput();
}

/**
 * ht_map() - Map a file of hugetlb, and fill it
 * @test: the case
 * @ht: filled in
 * @nr: huge pages
 * @shared: map it shared; private otherwise
 * @options: of a mount that has this file only, or ""
 *
 * The pages are there: writable, young, dirty and exclusive. They are surplus
 * pages: free ones go back to the page allocator.
 */
void ht_map(struct kunit *test, struct ht *ht, unsigned int nr, bool shared,
	    const char *options)
{
	struct file_system_type *type = get_fs_type("hugetlbfs");
	char *data = kunit_kzalloc(test, strlen(options) + 1, GFP_KERNEL);
	struct vfsmount *mnt;

	KUNIT_ASSERT_NOT_NULL(test, type);
	KUNIT_ASSERT_NOT_NULL(test, data);
	memcpy(data, options, strlen(options));
	default_hstate.nr_overcommit_huge_pages = HT_OVERCOMMIT;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, pool_shrink,
							NULL), 0);
	mnt = vfs_kern_mount(type, SB_KERNMOUNT, "none", data);
	put_filesystem(type);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(mnt), "%ld", PTR_ERR(mnt));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, mount_end, mnt),
			0);

	ht->mm = mmk_mm_enter(test);
	ht->file = file_open_root_mnt(mnt, "f", O_RDWR | O_CREAT, 0600);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR(ht->file), "%ld",
			       PTR_ERR(ht->file));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, file_close,
							ht->file), 0);
	ht->shared = shared;
	ht->addr = mmk_mmap(test, ht->file, nr * HPAGE_SIZE,
			    PROT_READ | PROT_WRITE,
			    shared ? MAP_SHARED : MAP_PRIVATE);
	KUNIT_ASSERT_TRUE(test, IS_ALIGNED(ht->addr, HPAGE_SIZE));
	mmk_fill(test, ht->addr, nr * MMK_HUGE_PAGES, HT_SEED);
	KUNIT_ASSERT_TRUE(test, pte_present(ht_pte(ht->mm, ht->addr)));
	ht->folio = page_folio(pte_page(ht_pte(ht->mm, ht->addr)));
	KUNIT_ASSERT_TRUE(test, folio_test_hugetlb(ht->folio));
}

/**
 * ht_pool() - Read the counters
 * @ht: the mapping, whose mount has some of them
 * @pool: filled in
 */
void ht_pool(struct ht *ht, struct ht_pool *pool)
{
	struct hugepage_subpool *spool;

	spool = HUGETLBFS_SB(file_inode(ht->file)->i_sb)->spool;
	*pool = (struct ht_pool){
		.nr = default_hstate.nr_huge_pages,
		.free = default_hstate.free_huge_pages,
		.reserved = default_hstate.resv_huge_pages,
		.surplus = default_hstate.surplus_huge_pages,
		.used = spool ? spool->used_hpages : 0,
		.held = spool ? spool->rsv_hpages : 0,
	};
}

/**
 * ht_expect_pool() - Expect the counters to be what they were
 * @test: the case
 * @when: for messages
 * @ht: the mapping
 * @wanted: from ht_pool()
 */
void ht_expect_pool(struct kunit *test, const char *when, struct ht *ht,
		    const struct ht_pool *wanted)
{
	struct ht_pool pool;

	ht_pool(ht, &pool);
	KUNIT_EXPECT_EQ_MSG(test, pool.nr, wanted->nr, "pages, %s", when);
	KUNIT_EXPECT_EQ_MSG(test, pool.free, wanted->free, "free, %s", when);
	KUNIT_EXPECT_EQ_MSG(test, pool.reserved, wanted->reserved,
			    "reserved, %s", when);
	KUNIT_EXPECT_EQ_MSG(test, pool.surplus, wanted->surplus, "surplus, %s",
			    when);
	KUNIT_EXPECT_EQ_MSG(test, pool.used, wanted->used,
			    "used of the mount, %s", when);
	KUNIT_EXPECT_EQ_MSG(test, pool.held, wanted->held,
			    "reserved of the mount, %s", when);
}

/**
 * ht_pte() - The entry of a page of hugetlb
 * @mm: address space
 * @addr: user address, in a page of hugetlb
 *
 * Return: what hugetlb calls a pte, and is a pmd.
 */
pte_t ht_pte(struct mm_struct *mm, unsigned long addr)
{
	return __pte(pmd_val(mmk_pmd(mm, addr & HPAGE_MASK)));
}

/**
 * ht_usage() - How many huge pages an mm says that it has
 * @mm: address space
 *
 * Return: HugetlbPages of /proc/PID/status, in huge pages.
 */
long ht_usage(struct mm_struct *mm)
{
	return atomic_long_read(&mm->hugetlb_usage) / MMK_HUGE_PAGES;
}

/**
 * ht_expect_mapped() - Expect a page of hugetlb to be mapped
 * @test: the case
 * @mm: address space
 * @addr: user address
 * @folio: that has to be mapped
 * @write: whether it has to be writable
 */
void ht_expect_mapped(struct kunit *test, struct mm_struct *mm,
		      unsigned long addr, struct folio *folio, bool write)
{
	pte_t pte = ht_pte(mm, addr);

	HT_EXPECT_PTE(test, mm, addr, PRESENT);
	if (!pte_present(pte))
		return;
	KUNIT_EXPECT_TRUE(test, pte_huge(pte));
	KUNIT_EXPECT_PTR_EQ(test, pte_page(pte), folio_page(folio, 0));
	KUNIT_EXPECT_EQ_MSG(test, !!huge_pte_write(pte), write, "writable");
}

static void restore(struct folio *src, struct folio *dst)
{
	struct address_space *mapping = NULL;

	/* The new folio of a file has its mapping; the old one has not. */
	if (!folio_test_anon(dst))
		mapping = hugetlb_folio_mapping_lock_write(dst);
	remove_migration_ptes(src, dst, mapping ? MMK_REMOVE_RMAP_LOCKED : 0);
	if (mapping)
		i_mmap_unlock_write(mapping);
}

static void hold_release(void *data)
{
	struct ht_hold *hold = data;

	/* The case has failed before. */
	if (hold->held)
		ht_hold_end(NULL, hold, false);
	kfree(hold);
}

/**
 * ht_hold() - Start a migration of a page of hugetlb
 * @test: the case
 * @ht: its first page is moved
 *
 * As migrate_pages() does it: the folio is isolated, locked, and its ptes are
 * migration entries. Ended by ht_hold_end(), or when the case ends.
 *
 * Return: the migration.
 */
struct ht_hold *ht_hold(struct kunit *test, struct ht *ht)
{
	struct ht_hold *hold = kzalloc(sizeof(*hold), GFP_KERNEL);
	struct address_space *mapping;
	LIST_HEAD(list);

	KUNIT_ASSERT_NOT_NULL(test, hold);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, hold_release,
							hold), 0);
	KUNIT_ASSERT_TRUE(test, folio_isolate_hugetlb(ht->folio, &list));
	/* It is put back on a list of its own. */
	list_del_init(&ht->folio->lru);
	folio_lock(ht->folio);
	hold->folio = ht->folio;
	hold->held = true;
	if (folio_test_anon(ht->folio)) {
		hold->anon_vma = folio_get_anon_vma(ht->folio);
		try_to_migrate(ht->folio, 0);
	} else {
		mapping = hugetlb_folio_mapping_lock_write(ht->folio);
		KUNIT_ASSERT_NOT_NULL(test, mapping);
		try_to_migrate(ht->folio, TTU_RMAP_LOCKED);
		i_mmap_unlock_write(mapping);
	}
	KUNIT_ASSERT_FALSE(test, folio_mapped(ht->folio));
	return hold;
}

/* As move_to_new_folio(), to a folio from where migrate_pages() has it */
static void hold_copy(struct kunit *test, struct ht_hold *hold)
{
	struct folio *src = hold->folio, *dst;
	struct address_space *mapping = folio_mapping(src);
	struct migration_target_control target = {
		.nid = NUMA_NO_NODE,
		.gfp_mask = GFP_USER | __GFP_MOVABLE,
		.reason = MR_SYSCALL,
	};
	int err;

	dst = alloc_migration_target(src, (unsigned long)&target);
	KUNIT_ASSERT_NOT_NULL(test, dst);
	folio_lock(dst);
	err = mapping ? mapping->a_ops->migrate_folio(mapping, dst, src,
						      MIGRATE_SYNC) :
			migrate_folio(NULL, dst, src, MIGRATE_SYNC);
	if (err) {
		folio_unlock(dst);
		folio_put(dst);
		KUNIT_FAIL_AND_ABORT(test, "folio could not be moved: error %d, refcount %d",
				     err, folio_ref_count(src));
	}
	if (!folio_test_anon(src))
		src->mapping = NULL;
	hold->dst = dst;
}

/**
 * ht_hold_end() - End a migration
 * @test: the case
 * @hold: from ht_hold()
 * @moved: whether the folio is moved; if not, it is mapped as before
 *
 * Return: the folio that has the data now.
 */
struct folio *ht_hold_end(struct kunit *test, struct ht_hold *hold, bool moved)
{
	struct folio *src = hold->folio, *dst;

	if (moved)
		hold_copy(test, hold);
	dst = hold->dst ?: src;
	hold->held = false;
	restore(src, dst);
	if (hold->anon_vma)
		put_anon_vma(hold->anon_vma);
	if (hold->dst) {
		folio_unlock(dst);
		move_hugetlb_state(src, dst, MR_SYSCALL);
		mmk_hugetlb_settle(dst);
	}
	folio_unlock(src);
	folio_putback_hugetlb(src);
	return dst;
}
