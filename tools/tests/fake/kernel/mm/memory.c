// SPDX-License-Identifier: GPL-2.0
/*
 * Page faults.
 */
#include <linux/migrate.h>

/**
 * do_swap_page() - Serve a fault at an entry that is no mapping
 * @vma: where; its lock is held if FAULT_FLAG_VMA_LOCK is set
 * @nr: the page
 * @flags: FAULT_FLAG_*
 *
 * Return: VM_FAULT_*; with VM_FAULT_RETRY, the lock has been dropped.
 */
unsigned long do_swap_page(struct vm_area *vma, int nr, unsigned long flags)
{
	struct page *page;

	if (vma->pte[nr] & PTE_MIGRATION) {
		migration_entry_wait(vma, nr);
		goto out;
	}
	if (!(vma->pte[nr] & PTE_SWAP))
		goto out;
	if (flags & FAULT_FLAG_RETRY_NOWAIT)
		goto retry;

	page = alloc_page();
	if (!page)
		return VM_FAULT_OOM;
	page->flags |= PG_ANON_EXCLUSIVE;
	vma->pte[nr] = mk_pte(page, PTE_PRESENT | PTE_WRITE);
	vma->rss++;
out:
	return 0;
retry:
	if (flags & FAULT_FLAG_VMA_LOCK)
		lock_drop(&vma->lock);
	return VM_FAULT_RETRY;
}
