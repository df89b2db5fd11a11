// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of a migration by themselves: what folio_migrate_mapping(),
 * folio_migrate_flags() and their callers do to two folios that nobody else
 * sees.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/memcontrol.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "../../internal.h"
#include "../compat/count.h"
#include "../compat/file.h"
#include "../lib/device.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"

#define SEED	0x3c

/**
 * enum cached - Folios that are in some cache
 * @CACHED_TMPFS: of a file on tmpfs
 * @CACHED_SWAP: anonymous, in the swap cache
 * @CACHED_DISK: of a block device, dirty
 */
enum cached {
	CACHED_TMPFS,
	CACHED_SWAP,
	CACHED_DISK,
};

struct cached_case {
	const char *description;
	enum cached cached;
};

static const struct cached_case cached_cases[] = {
	{ "tmpfs", CACHED_TMPFS },
	{ "swap cache", CACHED_SWAP },
	{ "block device, dirty", CACHED_DISK },
};

KUNIT_ARRAY_PARAM_DESC(cached, cached_cases, description);

/* A page cache folio of the first RAM disk, with a reference of the case */
struct disk {
	struct file *file;
	struct folio *folio;
};

static void disk_release(void *data)
{
	struct disk *disk = data;

	folio_lock(disk->folio);
	folio_cancel_dirty(disk->folio);
	folio_unlock(disk->folio);
	folio_put(disk->folio);
	truncate_inode_pages(disk->file->f_mapping, 0);
	filp_close(disk->file, NULL);
}

static struct folio *disk_folio(struct kunit *test)
{
	struct disk *disk = kunit_kzalloc(test, sizeof(*disk), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, disk);
	KUNIT_ASSERT_EQ(test, mmk_swap_format(0), 0);
	scoped_with_init_fs()
		disk->file = filp_open("/mmk_swap0", O_RDWR | O_LARGEFILE, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(disk->file));
	disk->folio = read_mapping_folio(disk->file->f_mapping, 1, NULL);
	if (IS_ERR(disk->folio))
		filp_close(disk->file, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(disk->folio));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, disk_release,
							disk), 0);
	test->priv = disk;
	return disk->folio;
}

/* Another folio, with a reference of the case, has taken its place. */
static void disk_set_folio(struct kunit *test, struct folio *folio)
{
	struct disk *disk = test->priv;

	disk->folio = folio;
}

static struct folio *cached_folio(struct kunit *test, enum cached cached)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct folio *folio;
	unsigned long addr;
	struct file *file;

	if (cached == CACHED_DISK)
		return disk_folio(test);
	if (cached == CACHED_TMPFS) {
		file = mmk_shmem_file(test, 1);
		addr = mmk_mmap(test, file, PAGE_SIZE, PROT_READ | PROT_WRITE,
				MAP_SHARED);
		mmk_fill(test, addr, 1, SEED);
	} else {
		addr = mmk_map_anon(test, 1);
		mmk_swap_on(test);
		mmk_fill(test, addr, 1, SEED);
	}
	folio = mmk_pte_folio(test, mm, addr);
	mmk_folio_get(test, folio);
	/* Its mappings go first, as in any migration: each has a reference. */
	if (cached == CACHED_TMPFS)
		KUNIT_ASSERT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	if (cached == CACHED_SWAP) {
		mmk_pageout(addr, PAGE_SIZE);
		KUNIT_ASSERT_TRUE(test, folio_test_swapcache(folio));
	}
	lru_add_drain_all();
	return folio;
}

static const enum node_stat_item cache_items[] = {
	NR_FILE_PAGES, NR_SHMEM, NR_SWAPCACHE, NR_FILE_DIRTY,
};

/* Dirty pages and pages under writeback in the zone of a folio */
static unsigned long write_pending(struct folio *folio)
{
	return zone_page_state_snapshot(folio_zone(folio),
					NR_ZONE_WRITE_PENDING);
}

/**
 * zone_counters_follow_folio() - folio_migrate_mapping()
 *
 * The new folio takes the old one's place in its cache, with the reference of
 * the cache, its flags and the dirty bit. It lies in another zone: the counters
 * of the node stay, and a dirty folio is counted in its new zone. Then it goes
 * back. With an unexpected reference, folio_migrate_mapping() says -EAGAIN.
 *
 * Contract: ME-5, ME-12
 */
static void zone_counters_follow_folio(struct kunit *test)
{
	const struct cached_case *param = test->param_value;
	struct mmk_dev *dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	struct folio *old = cached_folio(test, param->cached);
	struct folio *new = page_folio(mmk_dev_get_page(test, dev));
	bool swap = param->cached == CACHED_SWAP;
	bool disk = param->cached == CACHED_DISK;
	unsigned long nodes[ARRAY_SIZE(cache_items)], pending[2];
	struct address_space *mapping;
	int refs, i;

	folio_lock(old);
	mapping = folio_mapping(old);
	if (disk)
		KUNIT_EXPECT_TRUE(test, folio_mark_dirty(old));
	for (i = 0; i < ARRAY_SIZE(cache_items); i++)
		nodes[i] = mmk_node_page_state(cache_items[i]);
	pending[0] = write_pending(old);
	pending[1] = write_pending(new);
	refs = folio_ref_count(old);

	folio_get(old);
	KUNIT_EXPECT_EQ(test, folio_migrate_mapping(mapping, new, old, 0),
			-EAGAIN);
	KUNIT_EXPECT_EQ(test, folio_ref_count(old), refs + 1);
	KUNIT_EXPECT_NULL(test, new->mapping);
	folio_put(old);

	KUNIT_ASSERT_EQ(test, folio_migrate_mapping(mapping, new, old, 0), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(old), refs - 1);
	KUNIT_EXPECT_EQ(test, folio_ref_count(new), 2);
	KUNIT_EXPECT_PTR_EQ(test, new->mapping, old->mapping);
	KUNIT_EXPECT_EQ(test, new->index, old->index);
	KUNIT_EXPECT_EQ(test, folio_test_swapbacked(new), !disk);
	KUNIT_EXPECT_EQ(test, folio_test_swapcache(new), swap);
	KUNIT_EXPECT_FALSE(test, folio_test_dirty(old));
	if (swap)
		KUNIT_EXPECT_EQ(test, new->swap.val, old->swap.val);
	if (disk)
		KUNIT_EXPECT_TRUE(test, folio_test_dirty(new));
	for (i = 0; i < ARRAY_SIZE(cache_items); i++)
		KUNIT_EXPECT_EQ_MSG(test, nodes[i],
				    mmk_node_page_state(cache_items[i]),
				    "counter %d", cache_items[i]);
	KUNIT_EXPECT_EQ(test, pending[0] - disk,
			write_pending(old));
	KUNIT_EXPECT_EQ(test, pending[1] + disk,
			write_pending(new));

	KUNIT_ASSERT_EQ(test, folio_migrate_mapping(mapping, old, new, 0), 0);
	KUNIT_EXPECT_EQ(test, folio_ref_count(old), refs);
	KUNIT_EXPECT_EQ(test, pending[0],
			write_pending(old));
	folio_unlock(old);

	new->mapping = NULL;
	new->private = NULL;
	folio_clear_swapcache(new);
	__folio_clear_swapbacked(new);
	folio_unlock(new);
	folio_put(new);
	KUNIT_EXPECT_EQ(test, mmk_dev_nr_busy(dev), 0U);
}

static void folio_release(void *folio)
{
	folio_put(folio);
}

/* A locked folio in no cache; the old one of a migration is @charged. */
static struct folio *new_folio(struct kunit *test, bool charged)
{
	struct folio *folio = folio_alloc(GFP_KERNEL, 0);

	KUNIT_ASSERT_NOT_NULL(test, folio);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, folio_release,
							folio), 0);
	if (charged)
		KUNIT_ASSERT_EQ(test, mem_cgroup_charge(folio, NULL,
							GFP_KERNEL), 0);
	folio_lock(folio);
	return folio;
}

/**
 * each_flag_is_copied_alone() - folio_migrate_flags()
 *
 * Each flag that the new folio takes over is set alone: it is copied, and no
 * other flag with it. The old folio loses PG_private. If the new folio is under
 * writeback, that is ended before PG_readahead is set, which has the bit of
 * PG_reclaim, and is cleared by the end of a writeback.
 *
 * Contract: ME-5
 */
static void each_flag_is_copied_alone(struct kunit *test)
{
	static const enum pageflags flags[] = {
		PG_referenced, PG_uptodate, PG_active, PG_unevictable,
		PG_workingset, PG_checked, PG_readahead,
	};
	unsigned long mask = 0, got;
	struct folio *old, *new;
	int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		mask |= BIT(flags[i]);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		old = new_folio(test, true);
		new = new_folio(test, false);
		set_bit(flags[i], folio_flags(old, 0));
		folio_migrate_flags(new, old);
		got = *folio_flags(new, 0) & mask;
		KUNIT_EXPECT_EQ_MSG(test, got, BIT(flags[i]), "flag %d",
				    flags[i]);
		KUNIT_EXPECT_FALSE(test, folio_test_active(old));
		KUNIT_EXPECT_FALSE(test, folio_test_unevictable(old));
		*folio_flags(old, 0) &= ~mask;
		*folio_flags(new, 0) &= ~mask;
		folio_unlock(old);
		folio_unlock(new);
	}

	old = new_folio(test, true);
	new = new_folio(test, false);
	folio_set_private(old);
	old->private = test;
	folio_set_readahead(old);
	folio_start_writeback(new);
	folio_migrate_flags(new, old);
	KUNIT_EXPECT_FALSE(test, folio_test_private(old));
	KUNIT_EXPECT_PTR_EQ(test, (void *)old->private, NULL);
	KUNIT_EXPECT_FALSE(test, folio_test_private(new));
	KUNIT_EXPECT_FALSE(test, folio_test_writeback(new));
	KUNIT_EXPECT_TRUE(test, folio_test_readahead(new));
	if (folio_test_writeback(new))
		folio_end_writeback(new);
	folio_clear_private(old);
	old->private = NULL;
	folio_clear_readahead(old);
	folio_clear_readahead(new);
	folio_unlock(old);
	folio_unlock(new);
}

/**
 * private_data_moves() - filemap_migrate_folio()
 *
 * The private data that a filesystem has attached to the old folio is attached
 * to the new one, with its reference, and the bytes are copied. With one
 * reference too many the result is -EAGAIN, and nothing has changed.
 *
 * Contract: ME-5, ME-15
 */
static void private_data_moves(struct kunit *test)
{
	struct folio *old = cached_folio(test, CACHED_TMPFS), *new;
	struct address_space *mapping = old->mapping;
	int refs;

	/* filemap_migrate_folio() comes after the unmap. */
	unmap_mapping_range(mapping, 0, 0, 1);
	KUNIT_ASSERT_TRUE(test, folio_isolate_lru(old));
	/* The only reference that is expected is that of the isolation. */
	mmk_folio_put(test, old);
	new = new_folio(test, false);
	folio_lock(old);
	folio_attach_private(old, test);
	refs = folio_ref_count(old);

	folio_get(old);
	KUNIT_EXPECT_EQ(test,
			filemap_migrate_folio(mapping, new, old, MIGRATE_SYNC),
			-EAGAIN);
	folio_put(old);
	KUNIT_EXPECT_PTR_EQ(test, folio_get_private(old), (void *)test);
	KUNIT_EXPECT_NULL(test, new->mapping);

	KUNIT_EXPECT_EQ(test,
			filemap_migrate_folio(mapping, new, old, MIGRATE_SYNC),
			0);
	KUNIT_EXPECT_PTR_EQ(test, folio_get_private(new), (void *)test);
	KUNIT_EXPECT_TRUE(test, folio_test_private(new));
	KUNIT_EXPECT_FALSE(test, folio_test_private(old));
	/* The references of the cache and of the private data have moved. */
	KUNIT_EXPECT_EQ(test, folio_ref_count(old), refs - 2);
	KUNIT_EXPECT_EQ(test, folio_ref_count(new), 3);
	MMK_EXPECT_FOLIO_HOLDS(test, new, SEED);
	KUNIT_EXPECT_TRUE(test, folio_test_uptodate(new));
	if (folio_test_private(new))
		folio_detach_private(new);
	old->mapping = NULL;
	folio_unlock(old);
	folio_put(old);
	folio_unlock(new);
}

/**
 * putback_counts_file_folio() - putback_movable_pages()
 *
 * A folio of a block device is isolated and put back: NR_ISOLATED_FILE goes up
 * and down again.
 *
 * Contract: ME-15
 */
static void putback_counts_file_folio(struct kunit *test)
{
	struct folio *folio = disk_folio(test);
	unsigned long file, anon;
	LIST_HEAD(list);

	lru_add_drain_all();
	file = mmk_node_page_state(NR_ISOLATED_FILE);
	anon = mmk_node_page_state(NR_ISOLATED_ANON);
	KUNIT_ASSERT_TRUE(test, isolate_folio_to_list(folio, &list));
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_ISOLATED_FILE),
			file + 1);
	putback_movable_pages(&list);
	KUNIT_EXPECT_TRUE(test, list_empty(&list));
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_ISOLATED_FILE), file);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_ISOLATED_ANON), anon);
	lru_add_drain_all();
	KUNIT_EXPECT_TRUE(test, folio_test_lru(folio));
}

static struct folio *any_folio(struct folio *src, unsigned long private)
{
	return folio_alloc(GFP_HIGHUSER_MOVABLE, 0);
}

/**
 * file_folio_moves() - migrate_pages() on behalf of compaction
 *
 * A clean folio of a block device moves: the page cache has another folio, the
 * old one is free, and none counts as isolated.
 *
 * Contract: ME-5, ME-15
 */
static void file_folio_moves(struct kunit *test)
{
	struct folio *old = disk_folio(test), *new;
	struct address_space *mapping = old->mapping;
	unsigned long file, anon;
	LIST_HEAD(list);
	void *bytes;

	lru_add_drain_all();
	file = mmk_node_page_state(NR_ISOLATED_FILE);
	anon = mmk_node_page_state(NR_ISOLATED_ANON);
	bytes = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bytes);
	memcpy(bytes, folio_address(old), PAGE_SIZE);
	KUNIT_ASSERT_TRUE(test, isolate_folio_to_list(old, &list));
	folio_put(old);
	KUNIT_EXPECT_EQ(test, migrate_pages(&list, any_folio, NULL, 0,
					    MIGRATE_SYNC, MR_COMPACTION, NULL),
			0);
	putback_movable_pages(&list);
	new = filemap_get_folio(mapping, 1);
	KUNIT_ASSERT_FALSE(test, IS_ERR(new));
	disk_set_folio(test, new);
	KUNIT_EXPECT_PTR_NE(test, new, old);
	KUNIT_EXPECT_EQ(test, folio_ref_count(old), 0);
	KUNIT_EXPECT_EQ(test, memcmp(bytes, folio_address(new), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_ISOLATED_FILE), file);
	KUNIT_EXPECT_EQ(test, mmk_node_page_state(NR_ISOLATED_ANON), anon);
}

static struct kunit_case migrate_folio_cases[] = {
	KUNIT_CASE_PARAM(zone_counters_follow_folio, cached_gen_params),
	KUNIT_CASE(each_flag_is_copied_alone),
	KUNIT_CASE(private_data_moves),
	KUNIT_CASE(putback_counts_file_folio),
	KUNIT_CASE(file_folio_moves),
	{}
};

static struct kunit_suite migrate_folio_suite = {
	.name = "migrate_folio",
	.init = mmk_case_init,
	.test_cases = migrate_folio_cases,
};

kunit_test_suite(migrate_folio_suite);
