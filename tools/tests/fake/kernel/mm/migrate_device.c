// SPDX-License-Identifier: GPL-2.0
/*
 * Device Memory Migration functionality.
 *
 * Pages of a process go to a device and come back.
 */
#include <linux/memremap.h>
#include <linux/migrate.h>

static void migrate_vma_collect(struct migrate_vma *migrate)
{
	struct vm_area *vma = migrate->vma;

	for (unsigned long nr = migrate->start; nr < migrate->end; nr++) {
		unsigned long mpfn = 0;
		pte_t pte = vma->pte[nr];
		struct page *page;

		if (!(pte & PTE_PRESENT)) {
			if (!pte)
				mpfn = MIGRATE_PFN_MIGRATE;
			goto next;
		}
		page = pte_page(pte);
		mpfn = migrate_pfn(page_to_pfn(page)) | MIGRATE_PFN_MIGRATE;
		mpfn |= pte & PTE_WRITE ? MIGRATE_PFN_WRITE : 0;
		page->refcount++;
		page->flags |= PG_LOCKED;
		set_migration_pte(vma, nr);
next:
		if (mpfn & MIGRATE_PFN_MIGRATE)
			migrate->cpages++;
		migrate->src[migrate->npages++] = mpfn;
	}
}

static bool migrate_vma_check_page(struct page *page)
{
	int extra = 1;

	/* For a page of a device */
	if (page->flags & PG_DEVICE)
		extra++;

	/* For file back page */
	if (page->mapping)
		extra++;

	if (page->flags & PG_PINNED)
		return false;
	return page->refcount <= extra;
}

static void migrate_vma_unmap(struct migrate_vma *migrate)
{
	for (unsigned long i = 0; i < migrate->npages; i++) {
		struct page *page;

		if (!(migrate->src[i] & MIGRATE_PFN_VALID))
			continue;
		page = pfn_to_page(migrate->src[i] >> MIGRATE_PFN_SHIFT);
		if (migrate_vma_check_page(page))
			continue;
		migrate->src[i] &= ~MIGRATE_PFN_MIGRATE;
		migrate->cpages--;
	}
}

/**
 * migrate_vma_setup() - Collect, isolate and unmap pages
 * @migrate: the migration
 *
 * Return: 0 or an error.
 */
int migrate_vma_setup(struct migrate_vma *migrate)
{
	migrate->cpages = 0;
	migrate->npages = 0;

	if (migrate->start == migrate->end)
		return -EINVAL;
	if (migrate->end > PTRS_PER_VMA)
		return -EINVAL;

	migrate_vma_collect(migrate);
	migrate_vma_unmap(migrate);
	return 0;
}

/**
 * migrate_vma_pages() - Copy what can be migrated
 * @migrate: the migration, with its destinations
 */
void migrate_vma_pages(struct migrate_vma *migrate)
{
	for (unsigned long i = 0; i < migrate->npages; i++) {
		if (!(migrate->src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		if (!(migrate->dst[i] & MIGRATE_PFN_VALID))
			migrate->src[i] &= ~MIGRATE_PFN_MIGRATE;
	}
}

/**
 * migrate_vma_finalize() - Map what has been migrated, or what was there
 * @migrate: the migration
 */
void migrate_vma_finalize(struct migrate_vma *migrate)
{
	for (unsigned long i = 0; i < migrate->npages; i++) {
		bool moves = migrate->src[i] & MIGRATE_PFN_MIGRATE;
		struct page *page, *new;

		if (!(migrate->src[i] & MIGRATE_PFN_VALID))
			continue;
		page = pfn_to_page(migrate->src[i] >> MIGRATE_PFN_SHIFT);
		new = moves ? pfn_to_page(migrate->dst[i] >> MIGRATE_PFN_SHIFT)
			    : page;
		remove_migration_pte(migrate->vma, migrate->start + i, new);
		page->flags &= ~PG_LOCKED;
		put_page(page);
		if (moves)
			put_page(new);
	}
}
