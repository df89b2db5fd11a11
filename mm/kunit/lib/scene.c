// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of each kind, and their migration.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>

#include "../../internal.h"
#include "migrate.h"
#include "mm.h"
#include "pte.h"
#include "scene.h"

static void scene_map_file(struct kunit *test, struct scene *scene,
			   bool shared)
{
	unsigned long addr;

	scene->file = mmk_shmem_file(test, 1);
	addr = mmk_mmap(test, scene->file, PAGE_SIZE, PROT_READ | PROT_WRITE,
			MAP_SHARED);
	mmk_fill(test, addr, 1, SCENE_SEED);
	scene->addr = addr;
	scene->cache_refs = 1;
	if (shared)
		return;

	scene->addr = mmk_mmap(test, scene->file, PAGE_SIZE,
			       PROT_READ | PROT_WRITE, MAP_PRIVATE);
	KUNIT_ASSERT_EQ(test, sys_munmap(addr, PAGE_SIZE), 0L);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(scene->mm, scene->addr, false), 0);
}

/* Maps a page as @how describes it; its folio is clean. */
void mmk_scene_map(struct kunit *test, struct scene *scene,
		   struct mm_struct *mm, const struct page_case *how)
{
	memset(scene, 0, sizeof(*scene));
	scene->mm = mm;
	if (is_anon(how->backing)) {
		scene->addr = mmk_map_anon(test, 1);
		mmk_fill(test, scene->addr, 1, SCENE_SEED);
	} else {
		scene_map_file(test, scene, how->backing == SHMEM_SHARED);
	}

	if (how->backing == ANON_SHARED)
		scene->child = mmk_fork(test);
	else if (how->backing != SHMEM_PRIVATE && !how->write)
		KUNIT_ASSERT_EQ(test,
				sys_mprotect(scene->addr, PAGE_SIZE, PROT_READ),
				0L);
	if (how->locked)
		KUNIT_ASSERT_EQ(test, sys_mlock2(scene->addr, PAGE_SIZE,
						 MLOCK_ONFAULT), 0L);

	scene->src = mmk_pte_folio(test, mm, scene->addr);
	mmk_pte_set_flags(test, mm, scene->addr, how->young, how->dirty);
	if (scene->child)
		mmk_pte_set_flags(test, scene->child, scene->addr, how->young,
				  false);
	folio_clear_dirty(scene->src);
	KUNIT_ASSERT_EQ(test, !!pte_write(mmk_pte(mm, scene->addr)),
			how->write);
}

/* The same, and replaces the pte by a migration entry. */
void mmk_scene_unmap(struct kunit *test, struct scene *scene,
		     struct mm_struct *mm, const struct page_case *how)
{
	mmk_scene_map(test, scene, mm, how);
	scene->hold = mmk_hold(test, scene->src);
	try_to_migrate(scene->src, 0);
}

/* Expects a present pte that maps the folio, with exactly these flags. */
void mmk_expect_mapped(struct kunit *test, struct mm_struct *mm,
		       unsigned long addr, struct folio *folio, bool write,
		       bool young, bool dirty)
{
	pte_t pte = mmk_pte(mm, addr);

	MMK_EXPECT_PTE(test, mm, addr, PRESENT);
	if (!pte_present(pte))
		return;
	KUNIT_EXPECT_PTR_EQ(test, pte_page(pte), folio_page(folio, 0));
	KUNIT_EXPECT_EQ_MSG(test, !!pte_write(pte), write, "writable");
	KUNIT_EXPECT_EQ_MSG(test, !!pte_young(pte), young, "young");
	KUNIT_EXPECT_EQ_MSG(test, !!pte_dirty(pte), dirty, "dirty");
}

const struct page_case mmk_page_cases[] = {
	{ "anon, exclusive, writable", ANON_EXCLUSIVE,
	  .write = true, .dirty = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "anon, exclusive, read-only", ANON_EXCLUSIVE,
	  .dirty = true,
	  .kind = MMK_PTE_MIGRATION_READ_EXCLUSIVE },
	{ "anon, shared with a child", ANON_SHARED,
	  .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "anon, exclusive, writable, mlocked", ANON_EXCLUSIVE,
	  .write = true, .young = true, .locked = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "tmpfs, shared, writable", SHMEM_SHARED,
	  .write = true, .dirty = true, .young = true,
	  .kind = MMK_PTE_MIGRATION_WRITE },
	{ "tmpfs, shared, read-only", SHMEM_SHARED,
	  .kind = MMK_PTE_MIGRATION_READ },
	{ "tmpfs, private", SHMEM_PRIVATE,
	  .young = true,
	  .kind = MMK_PTE_MIGRATION_READ },
};
