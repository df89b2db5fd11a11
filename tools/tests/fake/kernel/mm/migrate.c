// SPDX-License-Identifier: GPL-2.0
/*
 * Memory Migration functionality - linux/mm/migrate.c
 *
 * Migration entries: how they are made, waited for and taken away.
 */
#include <linux/migrate.h>

/**
 * set_migration_pte() - Put a migration entry in the place of a mapping
 * @vma: where
 * @nr: of which page
 */
void set_migration_pte(struct vm_area *vma, int nr)
{
	pte_t pte = vma->pte[nr];
	struct page *page = pte_page(pte);
	pte_t entry = mk_pte(page, PTE_MIGRATION);

	if (pte & PTE_WRITE)
		entry |= PTE_WRITE;
	if (page->flags & PG_ANON_EXCLUSIVE)
		entry |= PTE_EXCLUSIVE;
	vma->pte[nr] = entry;
	put_page(page);
}

/**
 * remove_migration_pte() - Map the page where the migration has ended
 * @vma: where
 * @nr: the migration entry
 * @new: the page
 */
void remove_migration_pte(struct vm_area *vma, int nr, struct page *new)
{
	pte_t entry = vma->pte[nr];
	pte_t pte = mk_pte(new, PTE_PRESENT);

	if (!(entry & PTE_MIGRATION))
		return;
	new->refcount++;
	if (entry & PTE_WRITE)
		pte |= PTE_WRITE;
	if (entry & PTE_EXCLUSIVE)
		new->flags |= PG_ANON_EXCLUSIVE;
	vma->pte[nr] = pte;
}

/**
 * migration_entry_wait() - Wait until a migration entry has gone
 * @vma: where
 * @nr: the entry
 */
void migration_entry_wait(struct vm_area *vma, int nr)
{
	pte_t pte;

	lock_take(&vma->ptl);
	pte = vma->pte[nr];
	if (!(pte & PTE_MIGRATION))
		goto out;
	migration_entry_wait_on_locked(pte, &vma->ptl);
	return;
out:
	lock_drop(&vma->ptl);
}
