// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of page, every system call while it is under migration, and both
 * outcomes of the migration.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/swap.h>
#include <linux/syscalls.h>

#include <trace/events/migrate.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../lib/guard.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/scene.h"
#include "entry.h"

/**
 * enum act - What happens while the entry is in place
 * @ACT_FORK: fork()
 * @ACT_MPROTECT: mprotect(): to read-only, or back to writable
 * @ACT_MUNMAP: munmap()
 * @ACT_DONTNEED: madvise(MADV_DONTNEED)
 * @ACT_MREMAP: mremap() to another address
 * @ACT_NOTHING: nothing
 */
enum act {
	ACT_FORK,
	ACT_MPROTECT,
	ACT_MUNMAP,
	ACT_DONTNEED,
	ACT_MREMAP,
	ACT_NOTHING,
};

/**
 * struct combo - One of all combinations
 * @how: the page
 * @act: what happens to its entry
 * @moves: the migration succeeds
 * @wrong: something was not as predicted
 */
struct combo {
	struct page_case how;
	enum act act;
	bool moves;
	bool wrong;
};

static void combo_name(const struct combo *c, char *name, size_t size)
{
	static const char * const backings[] = {
		[ANON_EXCLUSIVE]	= "anon exclusive",
		[ANON_SHARED]		= "anon shared",
		[SHMEM_SHARED]		= "tmpfs shared",
		[SHMEM_PRIVATE]		= "tmpfs private",
	};

	scnprintf(name, size, "%s, %s, %s, %s%s, %s",
		  backings[c->how.backing],
		  c->how.write ? "writable" : "read-only",
		  c->how.dirty ? "dirty" : "clean",
		  c->how.young ? "young" : "old",
		  c->how.locked ? ", mlocked" : "",
		  c->moves ? "moved" : "put back");
}

static void combo_expect(struct kunit *test, struct combo *c, const char *what,
			 long got, long want)
{
	char name[96];

	if (got == want)
		return;
	c->wrong = true;
	combo_name(c, name, sizeof(name));
	KUNIT_EXPECT_EQ_MSG(test, got, want, "%s: %s", name, what);
}

static void combo_expect_bytes(struct kunit *test, struct combo *c,
			       struct folio *folio)
{
	struct mmk_diff diff = mmk_folio_diff(folio, SCENE_SEED);
	char what[32];

	scnprintf(what, sizeof(what), "byte %u", diff.byte);
	combo_expect(test, c, what, diff.is, diff.should);
}

/* The entry that try_to_migrate() has to make */
static enum mmk_pte_kind predict_entry(const struct page_case *how)
{
	if (how->write)
		return MMK_PTE_MIGRATION_WRITE;
	return how->backing == ANON_EXCLUSIVE ?
	       MMK_PTE_MIGRATION_READ_EXCLUSIVE : MMK_PTE_MIGRATION_READ;
}

/* The entry that has to be there after the act */
static enum mmk_pte_kind predict_act(const struct page_case *how, enum act act)
{
	enum mmk_pte_kind kind = predict_entry(how);

	switch (act) {
	case ACT_FORK:
		return how->backing == SHMEM_SHARED ? kind :
						      MMK_PTE_MIGRATION_READ;
	case ACT_MPROTECT:
		if (kind != MMK_PTE_MIGRATION_WRITE)
			return kind;
		return is_anon(how->backing) ?
		       MMK_PTE_MIGRATION_READ_EXCLUSIVE :
		       MMK_PTE_MIGRATION_READ;
	case ACT_MUNMAP:
	case ACT_DONTNEED:
		return MMK_PTE_NONE;
	default:
		return kind;
	}
}

static bool combo_unmaps(const struct combo *c)
{
	return c->act == ACT_MUNMAP || c->act == ACT_DONTNEED;
}

static bool combo_vma_writable(const struct combo *c)
{
	return c->how.write || c->how.backing == ANON_SHARED ||
	       c->how.backing == SHMEM_PRIVATE;
}

/* A shared mapping may get the permission of its VMA instead of the entry's. */
static bool combo_follows_vma(const struct combo *c)
{
	return c->act == ACT_MPROTECT && c->how.backing == SHMEM_SHARED &&
	       !c->how.write;
}

static unsigned long mm_pages(struct mm_struct *mm)
{
	return get_mm_counter_sum(mm, MM_ANONPAGES) +
	       get_mm_counter_sum(mm, MM_FILEPAGES) +
	       get_mm_counter_sum(mm, MM_SHMEMPAGES);
}

static struct mm_struct *combo_act(struct kunit *test, struct combo *c,
				   struct scene *s)
{
	unsigned long addr = s->addr;
	int behavior;

	switch (c->act) {
	case ACT_FORK:
		return mmk_fork(test);
	case ACT_MPROTECT:
		KUNIT_EXPECT_EQ(test, sys_mprotect(addr, PAGE_SIZE,
						   combo_vma_writable(c) ?
						   PROT_READ :
						   PROT_READ | PROT_WRITE), 0L);
		break;
	case ACT_MUNMAP:
		KUNIT_EXPECT_EQ(test, sys_munmap(addr, PAGE_SIZE), 0L);
		break;
	case ACT_DONTNEED:
		behavior = c->how.locked ? MADV_DONTNEED_LOCKED : MADV_DONTNEED;
		KUNIT_EXPECT_EQ(test,
				do_madvise(s->mm, addr, PAGE_SIZE, behavior),
				0);
		break;
	case ACT_MREMAP:
		s->addr = mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE,
				   MAP_PRIVATE | MAP_ANONYMOUS);
		KUNIT_EXPECT_EQ(test, (long)s->addr,
				sys_mremap(addr, PAGE_SIZE, PAGE_SIZE,
					   MREMAP_MAYMOVE | MREMAP_FIXED,
					   s->addr));
		combo_expect(test, c, "old address is empty",
			     pte_none(mmk_pte(s->mm, addr)), true);
		break;
	case ACT_NOTHING:
		break;
	}
	return NULL;
}

static void combo_expect_entry(struct kunit *test, struct combo *c,
			       struct mm_struct *mm, struct scene *s,
			       enum mmk_pte_kind kind)
{
	pte_t pte = mmk_pte(mm, s->addr);
	softleaf_t entry;

	combo_expect(test, c, "kind of entry", mmk_pte_classify(pte), kind);
	if (!pte_is_migration(pte))
		return;
	entry = softleaf_from_pte(pte);
	combo_expect(test, c, "pfn of entry", softleaf_to_pfn(entry),
		     folio_pfn(s->src));
	combo_expect(test, c, "entry is young",
		     softleaf_is_migration_young(entry),
		     entry_may_be(c->how.young));
	combo_expect(test, c, "entry is dirty",
		     softleaf_is_migration_dirty(entry),
		     entry_may_be(c->how.dirty));
}

static void combo_expect_pte(struct kunit *test, struct combo *c,
			     struct mm_struct *mm, struct scene *s,
			     struct folio *dst, enum mmk_pte_kind kind)
{
	pte_t pte = mmk_pte(mm, s->addr);

	combo_expect(test, c, "kind of pte", mmk_pte_classify(pte),
		     MMK_PTE_PRESENT);
	if (!pte_present(pte))
		return;
	combo_expect(test, c, "pfn of pte", pte_pfn(pte), folio_pfn(dst));
	if (!combo_follows_vma(c))
		combo_expect(test, c, "pte is writable", !!pte_write(pte),
			     kind == MMK_PTE_MIGRATION_WRITE);
	combo_expect(test, c, "pte is young", !!pte_young(pte),
		     entry_may_be(c->how.young));
	combo_expect(test, c, "pte is dirty", !!pte_dirty(pte),
		     entry_may_be(c->how.dirty));
}

/* Unmap, act, restore, with expectations after each of the three */
static void combo_run(struct kunit *test, struct mm_struct *mm, struct combo *c)
{
	enum mmk_pte_kind kind = predict_act(&c->how, c->act);
	unsigned long others = mm_pages(mm);
	struct mm_struct *forked;
	bool in_forked;
	struct scene s;
	struct folio *dst;
	int nr_ptes;

	mmk_scene_unmap(test, &s, mm, &c->how);
	combo_expect_entry(test, c, mm, &s, predict_entry(&c->how));
	combo_expect(test, c, "folio is dirty", folio_test_dirty(s.src),
		     c->how.dirty);

	forked = combo_act(test, c, &s);
	in_forked = forked && is_anon(c->how.backing);
	nr_ptes = !combo_unmaps(c) + !!s.child + in_forked;
	combo_expect_entry(test, c, mm, &s, kind);
	if (in_forked)
		combo_expect_entry(test, c, forked, &s, kind);
	if (forked)
		combo_expect(test, c, "pages of the child", mm_pages(forked),
			     in_forked ? others + 1 : others);
	combo_expect(test, c, "pages of the mm", mm_pages(mm),
		     others + !combo_unmaps(c));
	combo_expect(test, c, "references while unmapped",
		     folio_ref_count(s.src), scene_idle_refs(&s));

	dst = c->moves ? mmk_hold_copy(test, s.hold) : s.src;
	lru_add_drain();
	remove_migration_ptes(s.src, dst, 0);
	combo_expect(test, c, "references", folio_ref_count(dst),
		     scene_idle_refs(&s) + nr_ptes);
	combo_expect(test, c, "mapcount", folio_mapcount(dst), nr_ptes);
	combo_expect(test, c, "mlocked", folio_test_mlocked(dst),
		     c->how.locked && !combo_unmaps(c));
	combo_expect_bytes(test, c, dst);
	if (combo_unmaps(c))
		combo_expect(test, c, "nothing is mapped",
			     pte_none(mmk_pte(mm, s.addr)), true);
	else
		combo_expect_pte(test, c, mm, &s, dst, kind);
	if (in_forked)
		combo_expect_pte(test, c, forked, &s, dst, kind);
	if (nr_ptes && is_anon(c->how.backing))
		combo_expect(test, c, "exclusive",
			     PageAnonExclusive(folio_page(dst, 0)),
			     kind != MMK_PTE_MIGRATION_READ &&
			     c->how.backing == ANON_EXCLUSIVE);
	mmk_hold_finish(test, s.hold, c->moves);

	if (forked)
		mmk_mm_put(test, forked);
	if (s.child)
		mmk_mm_put(test, s.child);
	if (c->act != ACT_MUNMAP)
		KUNIT_ASSERT_EQ(test, sys_munmap(s.addr, PAGE_SIZE), 0L);
	combo_expect(test, c, "pages in the end", mm_pages(mm), others);
}

/* Whether such a pte exists: shared private pages are read-only. */
static bool combo_exists(const struct page_case *how)
{
	if (how->backing == ANON_SHARED || how->backing == SHMEM_PRIVATE)
		return !how->write &&
		       (how->backing == ANON_SHARED || !how->dirty);
	return true;
}

static void run_all_combos(struct kunit *test, enum act act)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int i, nr_run = 0, nr_wrong = 0;

	for (i = 0; i < NR_BACKINGS << 5 && nr_wrong < 5; i++) {
		struct combo c = {
			.how.backing	= i >> 5,
			.how.write	= i & BIT(0),
			.how.dirty	= i & BIT(1),
			.how.young	= i & BIT(2),
			.how.locked	= i & BIT(3),
			.moves		= i & BIT(4),
			.act		= act,
		};

		if (!combo_exists(&c.how))
			continue;
		combo_run(test, mm, &c);
		nr_run++;
		nr_wrong += c.wrong;
	}
	KUNIT_EXPECT_EQ_MSG(test, nr_wrong, 0U,
			    "%u combination(s) tried until then", nr_run);
}

/**
 * every_kind_is_restored() - All combinations, undisturbed
 *
 * All kinds of pages, all combinations of their flags, and both outcomes.
 *
 * Contract: ME-3, ME-4, ME-5
 */
static void every_kind_is_restored(struct kunit *test)
{
	run_all_combos(test, ACT_NOTHING);
}

/**
 * every_kind_survives_fork() - All combinations, with fork()
 *
 * Contract: ME-6
 */
static void every_kind_survives_fork(struct kunit *test)
{
	run_all_combos(test, ACT_FORK);
}

/**
 * every_kind_survives_mprotect() - All combinations, with mprotect()
 *
 * Contract: ME-8
 */
static void every_kind_survives_mprotect(struct kunit *test)
{
	run_all_combos(test, ACT_MPROTECT);
}

/**
 * munmap_drops_every_kind() - All combinations, with munmap()
 *
 * Contract: ME-9
 */
static void munmap_drops_every_kind(struct kunit *test)
{
	run_all_combos(test, ACT_MUNMAP);
}

/**
 * dontneed_drops_every_kind() - All combinations, with MADV_DONTNEED
 *
 * Contract: ME-9
 */
static void dontneed_drops_every_kind(struct kunit *test)
{
	run_all_combos(test, ACT_DONTNEED);
}

/**
 * mremap_moves_every_kind() - All combinations, with mremap()
 *
 * Contract: ME-13
 */
static void mremap_moves_every_kind(struct kunit *test)
{
	run_all_combos(test, ACT_MREMAP);
}

static struct kunit_case migration_entry_kinds_cases[] = {
	KUNIT_CASE(every_kind_is_restored),
	KUNIT_CASE(every_kind_survives_fork),
	KUNIT_CASE(every_kind_survives_mprotect),
	KUNIT_CASE(munmap_drops_every_kind),
	KUNIT_CASE(dontneed_drops_every_kind),
	KUNIT_CASE(mremap_moves_every_kind),
	{}
};

static struct kunit_suite migration_entry_kinds_suite = {
	.name = "migration_entry_kinds",
	.init = mmk_case_init,
	.test_cases = migration_entry_kinds_cases,
};

kunit_test_suite(migration_entry_kinds_suite);
