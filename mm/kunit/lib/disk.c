// SPDX-License-Identifier: GPL-2.0
/*
 * A swap area whose disk can fail, by the kernel's own fault injection.
 */
#include <kunit/test.h>
#include <linux/blkdev.h>
#include <linux/fault-inject.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/swap.h"
#include "disk.h"
#include "mm.h"
#include "swap.h"

/* How many pages are read at a time: the binary logarithm */
static int *disk_cluster(void)
{
	return (void *)kallsyms_lookup_name("page_cluster");
}

/**
 * se_read_ahead() - Let a fault read more than its own page, or not
 * @on: whether it may
 */
void se_read_ahead(bool on)
{
	*disk_cluster() = on ? 3 : 0;
}

#ifdef CONFIG_FAIL_MAKE_REQUEST
/* The disk of the area; it is there even when the area is off. */
static struct block_device *disk_bdev;

static struct fault_attr *disk_attr(void)
{
	return (void *)kallsyms_lookup_name("fail_make_request");
}

/**
 * se_reads_work() - Let all reads succeed again
 */
void se_reads_work(void)
{
	struct fault_attr *attr = disk_attr();

	atomic_set(&attr->times, 1);
	atomic_set(&attr->space, 0);
	attr->probability = 0;
	attr->verbose = 2;
	bdev_clear_flag(disk_bdev, BD_MAKE_IT_FAIL);
}

static void disk_mend(void *cluster)
{
	se_reads_work();
	*disk_cluster() = (long)cluster;
}

/**
 * se_fail_reads() - From here on, pages cannot be read from the area
 * @test: the case
 * @pass: so many reads, of one page each, succeed first
 * @times: so many reads fail then, or SE_ALL
 *
 * This lasts until se_reads_work() or the end of the case. With SE_ALL, nothing can be
 * written either; otherwise nothing may be.
 */
void se_fail_reads(struct kunit *test, unsigned int pass, int times)
{
	struct fault_attr *attr = disk_attr();

	attr->probability = 100;
	attr->interval = 1;
	attr->verbose = 0;
	atomic_set(&attr->times, times);
	/* One byte more than may pass, or the last read would fail. */
	atomic_set(&attr->space, pass ? pass * PAGE_SIZE + 1 : 0);
	bdev_set_flag(disk_bdev, BD_MAKE_IT_FAIL);
}

static void disk_note(void)
{
	disk_bdev = __swap_entry_to_info(swp_entry(0, 1))->bdev;
}

static void disk_needs(struct kunit *test)
{
	if (!disk_attr() || !disk_cluster())
		kunit_skip(test, "needs CONFIG_KALLSYMS_ALL");
}
#else
void se_reads_work(void)
{
}

void se_fail_reads(struct kunit *test, unsigned int pass, int times)
{
}

static void disk_mend(void *cluster)
{
	*disk_cluster() = (long)cluster;
}

static void disk_note(void)
{
}

static void disk_needs(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_FAIL_MAKE_REQUEST");
}
#endif

/**
 * se_area_on() - Turn on a swap area whose disk can fail
 * @test: the case, which has entered an mm; skipped if no disk can
 * @slow: pages stay in the swap cache, see mmk_swap_on_slow()
 *
 * A fault reads its own page and no other, unless se_read_ahead() says so. When the case
 * ends the disk works again, before the area is turned off.
 *
 * Return: the area, the only one that there is.
 */
struct mmk_swap *se_area_on(struct kunit *test, bool slow)
{
	struct mmk_swap *swap;

	disk_needs(test);
	swap = mmk_swap_on_watched(test, slow);
	disk_note();
	KUNIT_ASSERT_EQ(test,
			kunit_add_action_or_reset(test, disk_mend,
						  (void *)(long)*disk_cluster()),
			0);
	se_read_ahead(false);
	return swap;
}

/**
 * se_make_slow() - From here on the disk of the area takes its time
 *
 * As mmk_swap_on_slow(), but pages that are swapped out already are not in the swap
 * cache. Newer kernels leave the pages of a slow disk there.
 */
void se_make_slow(void)
{
	struct swap_info_struct *si = __swap_entry_to_info(swp_entry(0, 1));

	spin_lock(&si->lock);
	si->flags &= ~SWP_SYNCHRONOUS_IO;
	spin_unlock(&si->lock);
}
