/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MIGRATE_H
#define _LINUX_MIGRATE_H

#include <linux/mm.h>

#define MIGRATE_PFN_VALID BIT(0)
#define MIGRATE_PFN_MIGRATE BIT(1)
#define MIGRATE_PFN_WRITE BIT(3)
#define MIGRATE_PFN_SHIFT 6

/**
 * struct migrate_vma - A migration that is under way
 * @vma: of what
 * @src: what is there, as MIGRATE_PFN_*
 * @dst: where it goes
 * @cpages: how many pages can go
 * @npages: how many entries @src and @dst have
 * @start: the first page of @vma
 * @end: the page behind the last one
 */
struct migrate_vma {
	struct vm_area *vma;
	unsigned long src[PTRS_PER_VMA];
	unsigned long dst[PTRS_PER_VMA];
	unsigned long cpages;
	unsigned long npages;
	unsigned long start;
	unsigned long end;
};

int migrate_vma_setup(struct migrate_vma *migrate);
void migrate_vma_pages(struct migrate_vma *migrate);
void migrate_vma_finalize(struct migrate_vma *migrate);

/* mm/migrate.c */
void set_migration_pte(struct vm_area *vma, int nr);
void remove_migration_pte(struct vm_area *vma, int nr, struct page *new);
void migration_entry_wait(struct vm_area *vma, int nr);

static inline unsigned long migrate_pfn(unsigned long pfn)
{
	return (pfn << MIGRATE_PFN_SHIFT) | MIGRATE_PFN_VALID;
}

#endif
