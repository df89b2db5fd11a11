/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/lib.h>

#define PTRS_PER_VMA 8

/* struct page.flags */
#define PG_LOCKED BIT(0)
#define PG_ANON_EXCLUSIVE BIT(1)
#define PG_DEVICE BIT(2)
#define PG_FILE BIT(3)
#define PG_PINNED BIT(4)

/* pte_t: the page frame number is above these */
#define PTE_PRESENT BIT(0)
#define PTE_WRITE BIT(1)
#define PTE_MIGRATION BIT(2)
#define PTE_EXCLUSIVE BIT(3)
#define PTE_SWAP BIT(4)
#define PTE_SHIFT 8

#define VM_FAULT_RETRY BIT(0)
#define VM_FAULT_OOM BIT(1)

#define FAULT_FLAG_VMA_LOCK BIT(0)
#define FAULT_FLAG_RETRY_NOWAIT BIT(1)

struct dev_pagemap;

struct page {
	unsigned long flags;
	int refcount;
	struct dev_pagemap *pgmap;
	void *mapping;
};

typedef unsigned long pte_t;

/**
 * struct vm_area - Some pages of a process
 * @pte: its page table
 * @ptl: the lock of that
 * @lock: the per-VMA lock
 * @rss: how many pages are mapped
 */
struct vm_area {
	pte_t pte[PTRS_PER_VMA];
	struct lock ptl;
	struct lock lock;
	int rss;
};

#define MAX_PAGES 64
extern struct page mem_map[MAX_PAGES];
extern int nr_pages_in_use;

struct page *alloc_page(void);
void put_page(struct page *page);

static inline unsigned long page_to_pfn(const struct page *page)
{
	return page - mem_map;
}

static inline struct page *pfn_to_page(unsigned long pfn)
{
	return &mem_map[pfn];
}

static inline struct page *pte_page(pte_t pte)
{
	return pfn_to_page(pte >> PTE_SHIFT);
}

static inline pte_t mk_pte(const struct page *page, unsigned long flags)
{
	return page_to_pfn(page) << PTE_SHIFT | flags;
}

/* mm/filemap.c */
struct wait_queue {
	struct lock lock;
	int sleeps;
	bool killable;
};

extern struct wait_queue page_wait_queue;
int migration_entry_wait_on_locked(pte_t entry, struct lock *ptl);

/* mm/memory.c */
unsigned long do_swap_page(struct vm_area *vma, int nr, unsigned long flags);

/* mm/mprotect.c */
int change_pte_range(struct vm_area *vma, bool writable);

#endif
