// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on pages of a device: what its driver does.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/pte.h"
#include "program.h"

/**
 * mmx_prepare_to_device() - Have a page to move to
 * @test: the case
 * @actor: the task
 */
void mmx_prepare_to_device(struct kunit *test, struct mmx_actor *actor)
{
	actor->page = mmk_dev_get_page(test, actor->run->program->ground.dev);
}

static void copy(struct page *to, struct page *from)
{
	mmx_access((unsigned long)page_address(from), 1, false, _THIS_IP_);
	mmx_access((unsigned long)page_address(to), 1, true, _THIS_IP_);
	copy_highpage(to, from);
}

/* Where a page is, and whether the user may write to it, as drivers are told. */
static unsigned long same_rights(unsigned long src, struct page *page)
{
	return migrate_pfn(page_to_pfn(page)) | (src & MIGRATE_PFN_WRITE);
}

/**
 * mmx_op_to_device() - The driver moves the page to its memory
 * @actor: the task
 */
void mmx_op_to_device(struct mmx_actor *actor)
{
	unsigned long src = 0, dst = 0;
	struct migrate_vma args = {
		.start		= actor->run->addr,
		.end		= actor->run->addr + PAGE_SIZE,
		.src		= &src,
		.dst		= &dst,
		.pgmap_owner	= actor->run->program->ground.dev,
		.flags		= MIGRATE_VMA_SELECT_SYSTEM,
	};
	struct mm_struct *mm = actor->run->mm;
	struct page *from;

	mmap_read_lock(mm);
	args.vma = vma_lookup(mm, args.start);
	if (args.vma && !migrate_vma_setup(&args)) {
		from = migrate_pfn_to_page(src);
		if (src & MIGRATE_PFN_MIGRATE) {
			/* A hole is filled with zeroes. */
			if (from)
				copy(mmk_dev_backing(actor->page), from);
			else
				clear_highpage(mmk_dev_backing(actor->page));
			dst = same_rights(src, actor->page);
		}
		migrate_vma_pages(&args);
		actor->gave_up = !dst || !(src & MIGRATE_PFN_MIGRATE);
		migrate_vma_finalize(&args);
	} else {
		actor->gave_up = true;
	}
	mmap_read_unlock(mm);
	if (!dst) {
		unlock_page(actor->page);
		put_page(actor->page);
	}
}

/**
 * mmx_op_to_ram() - The driver moves the page back, since it needs the memory
 * @actor: the task
 */
void mmx_op_to_ram(struct mmx_actor *actor)
{
	unsigned long src = 0, dst = 0;
	struct migrate_vma args = {
		.start		= actor->run->addr,
		.end		= actor->run->addr + PAGE_SIZE,
		.src		= &src,
		.dst		= &dst,
		.pgmap_owner	= actor->run->program->ground.dev,
		.flags		= MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
	};
	struct mm_struct *mm = actor->run->mm;
	struct page *from, *to;

	actor->gave_up = true;
	mmap_read_lock(mm);
	args.vma = vma_lookup(mm, args.start);
	if (!args.vma || migrate_vma_setup(&args))
		goto out;
	from = migrate_pfn_to_page(src);
	if ((src & MIGRATE_PFN_MIGRATE) && from) {
		to = alloc_page(GFP_HIGHUSER_MOVABLE);
		if (to) {
			lock_page(to);
			copy(to, mmk_dev_backing(from));
			dst = same_rights(src, to);
		}
	}
	migrate_vma_pages(&args);
	actor->gave_up = !dst || !(src & MIGRATE_PFN_MIGRATE);
	migrate_vma_finalize(&args);
out:
	mmap_read_unlock(mm);
}

/**
 * mmx_prepare_put() - Have a reference on the page
 * @test: the case
 * @actor: the task
 */
void mmx_prepare_put(struct kunit *test, struct mmx_actor *actor)
{
	actor->page = mmk_pte_page(actor->run->mm, actor->run->addr);
	KUNIT_ASSERT_NOT_NULL(test, actor->page);
	get_page(actor->page);
}

/**
 * mmx_op_put() - Somebody lets go of the page, perhaps as the last one
 * @actor: the task
 */
void mmx_op_put(struct mmx_actor *actor)
{
	put_page(actor->page);
}
