// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a large folio: every order, every way to map it, and every reason for
 * which it does not move whole. Documentation/large-folio-table.rst is made from what this
 * prints.
 */
#include <kunit/test.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>

#include "../../internal.h"
#include "../compat/param.h"
#include "../lib/guard.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "mover.h"

/**
 * enum fate - What a folio meets when it is to be moved
 * @MOVES: nothing
 * @HELD: it has an extra reference
 * @PINNED: it is pinned for DMA
 * @LOCKED: it is locked
 * @WRITTEN_BACK: it is under writeback
 * @NO_MEMORY: there is no memory of its order
 * @NO_MEMORY_HELD: nor can it be split, since it has an extra reference
 * @NO_MEMORY_PIECE: it is split, and the first piece to move gets an extra reference
 * @NR_FATES: number of these
 */
enum fate {
	MOVES,
	HELD,
	PINNED,
	LOCKED,
	WRITTEN_BACK,
	NO_MEMORY,
	NO_MEMORY_HELD,
	NO_MEMORY_PIECE,
	NR_FATES,
};

static const char * const fate_names[] = {
	"moves", "held", "pinned", "locked", "written back", "no memory",
	"no memory, held", "no memory, a piece held",
};

/* One more way to map a folio, for the highest order: by a pmd */
#define BY_PMD		MMK_NR_PARTS
#define NR_MAPPINGS	(MMK_NR_PARTS + 1)

/**
 * struct table_way - Some rows of the table
 * @file: of tmpfs, or else anonymous
 * @fate: what the folios meet
 */
struct table_way {
	bool file;
	enum fate fate;
};

static struct table_way table_way;

/* Anonymous memory and tmpfs, and every fate */
MMK_GEN_PARAMS(table)
{
	if (!prev) {
		table_way = (struct table_way){ };
	} else if (++table_way.fate == NR_FATES) {
		if (table_way.file)
			return NULL;
		table_way = (struct table_way){ .file = true };
	}
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s",
		 table_way.file ? "tmpfs" : "anon", fate_names[table_way.fate]);
	return &table_way;
}

/**
 * struct cell - What has become of a folio
 * @whole: it has moved in one piece
 * @split: it has been split
 * @failed: so many folios were left on the list: it, or pieces of it
 */
struct cell {
	unsigned int whole;
	unsigned int split;
	unsigned int failed;
};

/**
 * struct one - A folio that is moved
 * @l: the folio
 * @mapping: how it is mapped: enum mmk_part or BY_PMD
 * @cache: its page cache, or NULL
 * @pfn: of its first page, before
 * @m: the call that moves it
 * @met: a piece has got its reference
 * @piece: the piece
 */
struct one {
	struct mmk_large l;
	unsigned int mapping;
	struct address_space *cache;
	unsigned long pfn;
	struct mover m;
	bool met;
	struct folio *piece;
};

/* A file is not copied on write; a shared page is not pinned, but copied. */
static bool possible(const struct table_way *w, unsigned int mapping,
		     unsigned int order)
{
	if (mapping == BY_PMD && order != MMK_MAX_ORDER)
		return false;
	if (mapping == MMK_PART_COPIED && w->file)
		return false;
	return w->fate != PINNED || (mapping != MMK_PART_COPIED &&
				     mapping != MMK_PART_CHILD);
}

/* Whether an anonymous folio waits for its split, since a page is not mapped */
static bool in_part(const struct table_way *w, unsigned int mapping)
{
	return !w->file && mapping > MMK_PART_WHOLE && mapping < MMK_PART_COPIED;
}

/*
 * From mm/page_migration.rst, the comment on folios on the deferred split list in
 * migrate_pages_batch(), and the kernel-doc of migrate_pages().
 */
static struct cell expected(const struct table_way *w, unsigned int mapping)
{
	switch (w->fate) {
	case MOVES:
		if (in_part(w, mapping))
			return (struct cell){ .split = 1 };
		return (struct cell){ .whole = 1 };
	case NO_MEMORY:
		return (struct cell){ .split = 1 };
	case NO_MEMORY_PIECE:
		return (struct cell){ .split = 1, .failed = 1 };
	default:
		return (struct cell){ .failed = 1 };
	}
}

static void one_map_by_pmd(struct kunit *test, struct one *o, bool file)
{
	o->l.addr = file ? mmk_map_huge_file(test, o->l.mm) :
			   mmk_map_huge(test, o->l.mm, 1);
	mmk_fill(test, o->l.addr, MMK_HUGE_PAGES, MMK_LARGE_SEED);
	o->l.order = MMK_MAX_ORDER;
	o->l.nr = MMK_HUGE_PAGES;
	o->l.folio = mmk_pmd_folio(test, o->l.mm, o->l.addr);
	KUNIT_ASSERT_EQ(test, folio_order(o->l.folio), o->l.order);
}

static void one_map(struct kunit *test, struct one *o, struct mm_struct *mm,
		    const struct table_way *w, unsigned int order)
{
	o->l.mm = mm;
	if (o->mapping == BY_PMD) {
		one_map_by_pmd(test, o, w->file);
	} else {
		if (w->file)
			mmk_large_map_file(test, &o->l, mm, order);
		else
			mmk_large_map(test, &o->l, mm, order);
		mmk_large_leave(test, &o->l, o->mapping);
	}
	o->cache = w->file ? o->l.folio->mapping : NULL;
	o->pfn = folio_pfn(o->l.folio);
}

static void hold_the_first_piece(struct mover *m, struct folio *src)
{
	struct one *o = m->private;

	if (o->met || folio_test_large(src))
		return;
	o->met = true;
	o->piece = src;
	folio_get(src);
}

static struct page *one_pin(struct kunit *test, const struct one *o)
{
	unsigned int i = 0;

	while (o->mapping < MMK_NR_PARTS &&
	       !mmk_part_has(o->mapping, i, o->l.nr))
		i++;
	return mmk_pin(test, o->l.addr + i * PAGE_SIZE, FOLL_WRITE);
}

static void one_move(struct kunit *test, struct one *o, enum fate fate)
{
	struct folio *folio = o->l.folio;
	struct page *pinned = NULL;

	mover_init(&o->m);
	o->m.private = o;
	o->m.no_large = fate >= NO_MEMORY;
	if (fate == NO_MEMORY_PIECE)
		o->m.asked = hold_the_first_piece;
	if (fate == PINNED)
		pinned = one_pin(test, o);
	mover_add(test, &o->m, folio);
	if (fate == HELD || fate == NO_MEMORY_HELD)
		folio_get(folio);
	if (fate == LOCKED || fate == WRITTEN_BACK)
		folio_lock(folio);
	if (fate == WRITTEN_BACK) {
		folio_start_writeback(folio);
		folio_unlock(folio);
	}
	mover_run(&o->m, MIGRATE_ASYNC);
	if (fate == LOCKED)
		folio_unlock(folio);
	if (fate == WRITTEN_BACK)
		folio_end_writeback(folio);
	if (fate == HELD || fate == NO_MEMORY_HELD)
		folio_put(folio);
	if (o->piece)
		folio_put(o->piece);
	if (pinned)
		mmk_unpin(test, pinned);
}

/* The folio that a page is in now; NULL if there is no such page any more */
static struct page *one_page(const struct one *o, unsigned int i)
{
	unsigned long addr = o->l.addr + i * PAGE_SIZE;
	struct folio *folio;
	pte_t pte;

	if (o->cache) {
		folio = xa_load(&o->cache->i_pages, i);
		if (!folio || xa_is_value(folio))
			return NULL;
		return folio_page(folio, i - folio->index);
	}
	if (mmk_pmd_kind(o->l.mm, addr) == MMK_PTE_PRESENT)
		return mmk_pmd_page(o->l.mm, addr) + i;
	pte = mmk_pte(o->mapping == MMK_PART_CHILD ? o->l.child : o->l.mm, addr);
	return pte_present(pte) ? pte_page(pte) : NULL;
}

static struct cell one_result(struct kunit *test, const struct one *o)
{
	struct cell cell = { .failed = list_count_nodes((struct list_head *)
							&o->m.list) };
	unsigned int i, nr = 0, moved = 0, small = 0, large = 0;

	for (i = 0; i < o->l.nr; i++) {
		struct page *page = one_page(o, i);

		if (!page)
			continue;
		nr++;
		moved += page_to_pfn(page) != o->pfn + i;
		small += !folio_test_large(page_folio(page));
		large += folio_order(page_folio(page)) == o->l.order;
	}
	KUNIT_EXPECT_NE(test, nr, 0U);
	cell.whole = large == nr && moved == nr;
	cell.split = small == nr;
	/* All of it has gone one way, but for a piece that was held. */
	KUNIT_EXPECT_EQ(test, moved, cell.whole ? nr : cell.split ?
			nr - cell.failed : 0);
	KUNIT_EXPECT_TRUE(test, cell.split || large == nr);
	return cell;
}

static void one_check_bytes(struct kunit *test, const struct one *o)
{
	unsigned int i;

	if (o->mapping == MMK_PART_CHILD)
		MMK_EXPECT_MM_HOLDS(test, o->l.child, o->l.addr, o->l.nr,
				    MMK_LARGE_SEED);
	for (i = 0; o->mapping < MMK_NR_PARTS && !o->cache && i < o->l.nr; i++)
		if (mmk_part_has(o->mapping, i, o->l.nr))
			MMK_EXPECT_PART_HOLDS(test, o->l.mm, o->l.addr +
					      i * PAGE_SIZE, i, 1,
					      MMK_LARGE_SEED);
	if (o->cache || o->mapping == BY_PMD)
		MMK_EXPECT_HOLDS(test, o->l.addr, o->l.nr, MMK_LARGE_SEED);
}

static const char *mapping_name(unsigned int mapping)
{
	return mapping == BY_PMD ? "by a pmd" : mmk_part_name(mapping);
}

static struct cell one_try(struct kunit *test, struct mm_struct *mm,
			   const struct table_way *w, unsigned int mapping,
			   unsigned int order)
{
	struct one *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);
	struct cell cell, wanted = expected(w, mapping);
	int ret = w->fate == NO_MEMORY_HELD ? -ENOMEM : wanted.failed;
	long counters[MMK_LARGE_COUNTERS];

	KUNIT_ASSERT_NOT_NULL(test, o);
	lru_add_drain_all();
	mmk_large_count(counters);
	o->mapping = mapping;
	one_map(test, o, mm, w, order);
	one_move(test, o, w->fate);
	cell = one_result(test, o);
	putback_movable_pages(&o->m.list);
	if (memcmp(&cell, &wanted, sizeof(cell)) || o->m.ret != ret)
		KUNIT_FAIL(test, "order %u, %s: %u/%u/%u, not %u/%u/%u; returned %d, not %d",
			   order, mapping_name(mapping), cell.whole, cell.split,
			   cell.failed, wanted.whole, wanted.split,
			   wanted.failed, o->m.ret, ret);
	one_check_bytes(test, o);
	if (o->l.child)
		mmk_mm_put(test, o->l.child);
	KUNIT_EXPECT_EQ(test, vm_munmap(o->l.addr, o->l.nr * PAGE_SIZE), 0);
	if (o->cache)
		shmem_truncate_range(o->cache->host, 0, -1);
	mmk_expect_large_counters(test, mapping_name(mapping), counters);
	kunit_kfree(test, o);
	return cell;
}

/**
 * large_folio_meets_its_fate() - One of each order, mapped in each way
 *
 * A folio that nothing keeps moves whole. An anonymous one that is mapped in part is split
 * instead, and so is any for which there is no memory; then its pages move. A folio that is
 * busy stays as it is, and is left on the list, and so is a piece. When all is unmapped, the
 * machine counts the folios and pages that it did before, of each kind.
 *
 * Contract: LF-3, LF-1, LF-2, LF-7
 */
static void large_folio_meets_its_fate(struct kunit *test)
{
	const struct table_way *w = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned int mapping, order;
	struct cell cell;
	char row[80];
	int len;

	for (mapping = 0; mapping < NR_MAPPINGS; mapping++) {
		len = 0;
		row[0] = '\0';
		for (order = MMK_MIN_ORDER; order <= MMK_MAX_ORDER; order++) {
			if (!possible(w, mapping, order)) {
				len += scnprintf(row + len, sizeof(row) - len,
						 " -");
				continue;
			}
			cell = one_try(test, mm, w, mapping, order);
			len += scnprintf(row + len, sizeof(row) - len,
					 " %u/%u/%u", cell.whole, cell.split,
					 cell.failed);
		}
		kunit_info(test, "row: %s | %s | %s |%s\n",
			   w->file ? "tmpfs" : "anon", fate_names[w->fate],
			   mapping_name(mapping), row);
	}
}

static struct kunit_case large_folio_table_cases[] = {
	KUNIT_CASE_PARAM(large_folio_meets_its_fate, table_gen_params),
	{}
};

static struct kunit_suite large_folio_table_suite = {
	.name = "large_folio_table",
	.init = mmk_case_init,
	.test_cases = large_folio_table_cases,
};

kunit_test_suite(large_folio_table_suite);
