// SPDX-License-Identifier: GPL-2.0
/*
 * A device that mirrors an address range.
 */
#include <kunit/test.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "mirror.h"

/* A device tries again, but not for ever. */
#define MIRROR_TRIES	4

static bool mirror_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *range,
			      unsigned long cur_seq)
{
	mmu_interval_set_seq(notifier, cur_seq);
	return true;
}

static const struct mmu_interval_notifier_ops mirror_ops = {
	.invalidate = mirror_invalidate,
};

static void mirror_release(void *data)
{
	struct mmk_mirror *mirror = data;

	mmu_interval_notifier_remove(&mirror->notifier);
	mmput(mirror->mm);
}

/**
 * mmk_mirror_insert() - Let a device watch a range until the case ends
 * @test: the case
 * @mirror: filled in
 * @mm: address space
 * @addr: where the range begins
 * @len: bytes
 */
void mmk_mirror_insert(struct kunit *test, struct mmk_mirror *mirror,
		       struct mm_struct *mm, unsigned long addr, size_t len)
{
	mirror->mm = mm;
	KUNIT_ASSERT_EQ(test, mmu_interval_notifier_insert(&mirror->notifier, mm,
							   addr, len,
							   &mirror_ops), 0);
	mmget(mm);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, mirror_release,
							mirror), 0);
}

/**
 * mmk_mirror_create() - A device that watches a range until the case ends
 * @test: the case
 * @mm: address space
 * @addr: where the range begins
 * @len: bytes
 *
 * Return: the device.
 */
struct mmk_mirror *mmk_mirror_create(struct kunit *test, struct mm_struct *mm,
				     unsigned long addr, size_t len)
{
	struct mmk_mirror *mirror = kunit_kzalloc(test, sizeof(*mirror),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, mirror);
	mmk_mirror_insert(test, mirror, mm, addr, len);
	return mirror;
}

/**
 * mmk_mirror_remove() - Let the device watch no longer
 * @test: the case
 * @mirror: from mmk_mirror_insert()
 */
void mmk_mirror_remove(struct kunit *test, struct mmk_mirror *mirror)
{
	kunit_release_action(test, mirror_release, mirror);
}

/**
 * mmk_mirror_ask() - Call hmm_range_fault() as a driver does
 * @mirror: from mmk_mirror_insert()
 * @range: what to ask for; notifier and notifier_seq are filled in
 *
 * As long as the range is invalidated meanwhile, asks again, four times at most.
 *
 * Return: what hmm_range_fault() returned last.
 */
int mmk_mirror_ask(struct mmk_mirror *mirror, struct hmm_range *range)
{
	int ret;

	mirror->busy = 0;
	range->notifier = &mirror->notifier;
	do {
		range->notifier_seq = mmu_interval_read_begin(range->notifier);
		mmap_read_lock(mirror->mm);
		ret = hmm_range_fault(range);
		mmap_read_unlock(mirror->mm);
	} while (ret == -EBUSY && mirror->busy++ < MIRROR_TRIES - 1);
	return ret;
}
