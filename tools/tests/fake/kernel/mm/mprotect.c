// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>

/**
 * change_pte_range() - Change who may write
 * @vma: to these pages
 * @writable: whether it may be
 *
 * Return: how many entries have changed.
 */
int change_pte_range(struct vm_area *vma, bool writable)
{
	int changed = 0;

	lock_take(&vma->ptl);
	for (int nr = 0; nr < PTRS_PER_VMA; nr++) {
		pte_t old = vma->pte[nr], new = old;

		if (!old)
			continue;
		if (old & PTE_MIGRATION) {
			/* An exclusive entry stays one, so that nothing is copied. */
			if (old & PTE_WRITE && !writable)
				new = (old & ~PTE_WRITE) | PTE_EXCLUSIVE;
		} else if (!writable) {
			new = old & ~PTE_WRITE;
		}
		changed += new != old;
		vma->pte[nr] = new;
	}
	lock_drop(&vma->ptl);
	return changed;
}
