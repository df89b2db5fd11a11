// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of each sort, and holes.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "pages.h"

void mv_make_pages(struct kunit *test, struct pages *p, enum page_sort sort)
{
	unsigned long select = MIGRATE_VMA_SELECT_SYSTEM;
	struct mmk_dev *dev = NULL;
	int i;

	memset(p, 0, sizeof(*p));
	if (sort == SORT_PRIVATE || sort == SORT_PRIVATE_READABLE) {
		dev = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
		select = MIGRATE_VMA_SELECT_DEVICE_PRIVATE;
	} else if (sort == SORT_COHERENT) {
		dev = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
		select = MIGRATE_VMA_SELECT_DEVICE_COHERENT;
	}
	p->mm = mmk_mm_enter(test);
	p->addr = mmk_map_anon(test, 3);
	mmk_fill(test, p->addr, 3, 1);
	for (i = 0; i < 3 && dev; i++)
		mmk_migrate_to_dev(test, p->mm, p->addr + i * PAGE_SIZE, dev);
	if (sort == SORT_READABLE || sort == SORT_PRIVATE_READABLE)
		KUNIT_ASSERT_EQ(test,
				sys_mprotect(p->addr, 3 * PAGE_SIZE, PROT_READ),
				0L);
	if (sort == SORT_SHARED)
		p->child = mmk_fork(test);
	p->m = mmk_vma_alloc(test, p->mm, p->addr, 3, select, dev);
	for (i = 0; i < 3; i++)
		mmk_page_snapshot(test, &p->was[i], p->mm, p->addr + i * PAGE_SIZE);
	mmk_mm_snapshot(p->mm, &p->rss);
}

/* Returns NULL for system memory. */
struct mmk_dev *mv_target_create(struct kunit *test, enum target target)
{
	switch (target) {
	case TO_PRIVATE:
		return mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	case TO_COHERENT:
		return mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	default:
		return NULL;
	}
}

/* Allocates and fills the destinations, as a driver does. */
void mv_copy_to_target(struct kunit *test, struct mmk_vma *m,
		       struct mmk_dev *dev)
{
	unsigned long i;

	if (dev)
		mmk_vma_copy_to_dev(test, m, dev);
	else
		mmk_vma_copy_to_ram(test, m);
	/* A destination needs the pfn only. */
	for (i = 0; i < m->args.npages; i++)
		m->dst[i] &= ~MIGRATE_PFN_WRITE;
}

void mv_decline(struct mmk_vma *m, unsigned long i)
{
	struct folio *dst = page_folio(migrate_pfn_to_page(m->dst[i]));

	m->dst[i] = 0;
	folio_unlock(dst);
	folio_put(dst);
}
