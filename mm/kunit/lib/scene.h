/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of each kind, and their migration
 */
#ifndef _MM_KUNIT_LIB_SCENE_H
#define _MM_KUNIT_LIB_SCENE_H

#include <kunit/test.h>
#include <linux/fs.h>

#include "migrate.h"
#include "pte.h"

/* The seed that every page is filled with, see mmk_fill(). */
#define SCENE_SEED	0x2a

/**
 * enum backing - What is mapped
 * @ANON_EXCLUSIVE: private memory of one mm
 * @ANON_SHARED: private memory that is shared with a forked child
 * @SHMEM_SHARED: tmpfs, mapped shared
 * @SHMEM_PRIVATE: tmpfs, mapped private and not written to yet
 */
enum backing {
	ANON_EXCLUSIVE,
	ANON_SHARED,
	SHMEM_SHARED,
	SHMEM_PRIVATE,
	NR_BACKINGS,
};

/**
 * struct page_case - How a page is mapped before it is migrated
 * @description: for the KTAP line
 * @backing: what is mapped
 * @write: the pte is writable
 * @dirty: the pte is dirty; the folio is clean in any case
 * @young: the pte is young
 * @locked: the VMA is VM_LOCKED
 * @kind: the entry that the pte has to become
 */
struct page_case {
	const char *description;
	enum backing backing;
	bool write;
	bool dirty;
	bool young;
	bool locked;
	enum mmk_pte_kind kind;
};

/**
 * struct scene - A mapped page, and its migration
 * @mm: the address space of the case
 * @child: shares the page since a fork(), or NULL
 * @file: what is mapped, or NULL
 * @addr: where
 * @src: the folio before the migration
 * @hold: its migration
 * @cache_refs: references that the page cache has on it
 */
struct scene {
	struct mm_struct *mm;
	struct mm_struct *child;
	struct file *file;
	unsigned long addr;
	struct folio *src;
	struct mmk_hold *hold;
	int cache_refs;
};

static inline bool is_anon(enum backing backing)
{
	return backing == ANON_EXCLUSIVE || backing == ANON_SHARED;
}

void mmk_scene_map(struct kunit *test, struct scene *scene,
		   struct mm_struct *mm, const struct page_case *how);
void mmk_scene_unmap(struct kunit *test, struct scene *scene,
		     struct mm_struct *mm, const struct page_case *how);

/* Entries carry young and dirty only on some architectures. */
static inline bool entry_may_be(bool flag)
{
	return flag && migration_entry_supports_ad();
}

void mmk_expect_mapped(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr, struct folio *folio, bool write,
		       bool young, bool dirty);

/*
 * References of the folio while it is unmapped: the isolation and the page
 * cache
 */
static inline int scene_idle_refs(struct scene *scene)
{
	return 1 + scene->cache_refs;
}

#define MMK_NR_PAGE_CASES	7

extern const struct page_case mmk_page_cases[MMK_NR_PAGE_CASES];

#endif /* _MM_KUNIT_LIB_SCENE_H */
