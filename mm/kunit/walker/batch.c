// SPDX-License-Identifier: GPL-2.0
/*
 * Pages of large folios, of which neighbours are mapped in different ways: a walker
 * that takes several ptes for a batch has to give each what is its own.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include "../../internal.h"
#include "../compat/huge.h"
#include "../compat/leaf.h"
#include "../compat/rmap.h"
#include "../lib/bits.h"
#include "../lib/huge.h"
#include "../lib/large.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/swap.h"
#include "../lib/uffd.h"
#include "walk.h"

/* A walk over a part begins behind the first of these pages, and ends before the last. */
#define PART_FIRST	37
#define PART_PAGES	400

/**
 * struct ew_batch - Pages side by side
 * @name: what they are
 * @order: of the folios
 * @part: the walk is over a part of the pages only
 * @between: what stands beside pages that are present, or instead of them; or
 *	EW_PRESENT
 * @soft: they differ in the bits of soft-dirty and userfaultfd
 */
struct ew_batch {
	const char *name;
	unsigned int order;
	bool part;
	enum ew_entry between;
	bool soft;
};

static const struct ew_batch batches[] = {
	{ "one folio", MMK_MAX_ORDER, false, EW_PRESENT },
	{ "part of a folio", MMK_MAX_ORDER, true, EW_PRESENT },
	{ "folio with holes", MMK_MAX_ORDER, false, EW_NONE },
	{ "16 pages each", 4, false, EW_PRESENT },
	{ "16 pages each, in part", 4, true, EW_PRESENT },
	{ "16 pages each, with holes", 4, true, EW_NONE },
	{ "4 pages each", MMK_MIN_ORDER, false, EW_PRESENT },
	{ "16 pages each, device-exclusive ones", 4, false, EW_EXCLUSIVE },
	{ "16 pages each, swapped out", 4, true, EW_SWAP },
	{ "one folio, soft bits", MMK_MAX_ORDER, false, EW_PRESENT, true },
	{ "16 pages each, in part, soft bits", 4, true, EW_PRESENT, true },
	{ "16 pages each, swapped out, soft bits", 4, false, EW_SWAP, true },
};

const void *ew_next_batch(const void *prev, char *desc)
{
	const struct ew_batch *next = prev ? (const struct ew_batch *)prev + 1 :
					     batches;

	if (next == batches + ARRAY_SIZE(batches))
		return NULL;
	strscpy(desc, next->name, KUNIT_PARAM_DESC_SIZE);
	return next;
}

/**
 * ew_batch_is_whole() - Whether the walk is over all pages of each folio
 * @w: the walk
 *
 * Return: true if all pages of its folios are present, and inside.
 */
bool ew_batch_is_whole(const struct ew_walk *w)
{
	return !w->batch->part && w->batch->between == EW_PRESENT;
}

/* Whether the walker may leave alone what is part of a folio that it cannot split */
static void skip_if_undefined(struct ew_walk *w)
{
	if (!IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))
		kunit_skip(w->test, "no large folios in this kernel");
	if (w->batch->soft)
		mmk_need_bits(w->test, MMK_SOFT_DIRTY | MMK_UFFD);
	if (w->batch->soft && (w->walker == EW_KHUGEPAGED ||
			       w->walker == EW_MADV_COLLAPSE))
		kunit_skip(w->test, "a huge page has one bit for all");
	if (w->batch->between == EW_SWAP && w->walker == EW_KHUGEPAGED)
		kunit_skip(w->test, "more is out than max_ptes_swap");
	if (w->batch->between == EW_SWAP && w->walker == EW_MADV_COLLAPSE)
		kunit_skip(w->test, "best effort: no page is there");
	if (w->batch->between != EW_EXCLUSIVE)
		return;
	if (w->ops->splits)
		kunit_skip(w->test, "a folio in use by a device need not be split");
#ifdef MMK_HAVE_DEVICE_EXCLUSIVE_RANGE
	kunit_skip(w->test, "needs make_device_exclusive(), which gets one page of a folio");
#endif
}

/* Whether the walker writes to the pages, which a monitor would have to allow */
static bool is_write(enum ew_walker walker)
{
	switch (walker) {
	case EW_MADV_POPULATE_WRITE:
	case EW_GUP_WRITE:
	case EW_GUP_FAST_WRITE:
	case EW_HMM_WRITE:
	/* mlock() breaks COW where the process may write. */
	case EW_MLOCK:
		return true;
	default:
		return false;
	}
}

/*
 * The ways to map a page whose first write is to be noticed: what is protected, and
 * what is not soft-dirty, is not writable.
 */
static unsigned int list_soft_bits(struct ew_walk *w, unsigned int *all)
{
	const unsigned int always = EW_BIT_OWN | EW_BIT_YOUNG | EW_BIT_DIRTY;
	unsigned int nr = 0;

	all[nr++] = always;
	all[nr++] = always | EW_BIT_SOFT;
	all[nr++] = always | EW_BIT_SOFT | EW_BIT_WRITE;
	if (is_write(w->walker))
		return nr;
	all[nr++] = always | EW_BIT_UFFD;
	all[nr++] = always | EW_BIT_UFFD | EW_BIT_SOFT;
	return nr;
}

/*
 * The ways to map a page; a page that others may share is not writable. As one more,
 * what stands between.
 */
static unsigned int list_bits(struct ew_walk *w, unsigned int *all)
{
	unsigned int nr = 0, bits;

	if (w->batch->soft)
		return list_soft_bits(w, all);
	for (bits = 0; bits < EW_NR_BITS; bits++)
		if (!(bits & EW_BIT_WRITE) || (bits & EW_BIT_OWN))
			all[nr++] = bits;
	if (w->batch->between == EW_NONE || w->batch->between == EW_EXCLUSIVE)
		all[nr++] = EW_BIT_BETWEEN;
	return nr;
}

/* One to three pages of a kind in a row */
static unsigned int lay_pages(struct ew_walk *w, unsigned int at,
			      unsigned int turn, unsigned int bits)
{
	unsigned int i;

	for (i = 0; i <= turn % 3 && at < EW_BATCH_PAGES; i++, at++) {
		w->site[at].entry = bits == EW_BIT_BETWEEN ? w->batch->between :
				    w->batch->between == EW_SWAP ? EW_SWAP :
				    EW_PRESENT;
		w->site[at].bits = bits == EW_BIT_BETWEEN ? 0 : bits;
	}
	return at;
}

/*
 * Of each ordered pair of ways to map a page, the first stands before the second
 * once: a circle through all pairs.
 */
static unsigned int lay_circle(struct ew_walk *w, unsigned int at,
			       unsigned int *turn, const unsigned int *all,
			       unsigned int nr)
{
	unsigned int i, j;

	for (i = 0; i < nr; i++) {
		at = lay_pages(w, at, (*turn)++, all[i]);
		for (j = i + 1; j < nr; j++) {
			at = lay_pages(w, at, (*turn)++, all[i]);
			at = lay_pages(w, at, (*turn)++, all[j]);
		}
	}
	return lay_pages(w, at, *turn, all[0]);
}

/* What is left is one long batch, or if there are few ways, circles of other lengths. */
static void lay_out(struct ew_walk *w)
{
	unsigned int all[EW_NR_BITS + 1], nr = list_bits(w, all);
	unsigned int turn = 0, at = lay_circle(w, 0, &turn, all, nr);

	KUNIT_ASSERT_LT(w->test, at, EW_BATCH_PAGES);
	while (w->batch->soft && at < EW_BATCH_PAGES)
		at = lay_circle(w, at, &turn, all, nr);
	while (at < EW_BATCH_PAGES)
		at = lay_pages(w, at, 2, EW_NR_BITS - 1);
}

static bool is_part(struct ew_walk *w)
{
	return w->batch->part && !w->ops->all;
}

static bool is_in_walk(struct ew_walk *w, const struct ew_site *s)
{
	unsigned int i = s - w->site;

	return !is_part(w) ||
	       (i >= PART_FIRST && i < PART_FIRST + PART_PAGES);
}

/* What the table says of a page of the process that is writable, of one that is not */
static void plan_present(struct ew_walk *w, struct ew_site *s)
{
	if (is_write(w->walker) && !(s->bits & EW_BIT_WRITE))
		s->own_cell.outcome = EW_WRITABLE_PAGE;
	switch (w->walker) {
	case EW_GUP_READ:
	case EW_GUP_NOWAIT:
	case EW_GUP_LONGTERM:
	case EW_PROCESS_VM_READV:
		/* A pin is for a page of the process's own: gup_must_unshare(). */
		if (!(s->bits & EW_BIT_OWN))
			s->own_cell.outcome = EW_PAGE;
		break;
	default:
		break;
	}
}

/**
 * ew_minds_soft_bits() - Whether the pages differ in soft-dirty and the like
 * @w: the walk
 *
 * Return: true if they do.
 */
bool ew_minds_soft_bits(const struct ew_walk *w)
{
	return w->batch && w->batch->soft;
}

/**
 * ew_want_soft_bits() - Say which of these bits a page has to have
 * @w: the walk, over a batch
 * @s: the page
 * @want: what it has to be; these bits count from now on, if they differ
 *
 * Each page keeps its own, as long as it is mapped or swapped out. What is moved is
 * soft-dirty, and not protected any more (soft-dirty.rst, userfaultfd.rst); what has
 * to be made writable is soft-dirty.
 */
void ew_want_soft_bits(struct ew_walk *w, const struct ew_site *s,
		       struct ew_wanted *want)
{
	if (!ew_minds_soft_bits(w))
		return;
	want->soft = true;
	want->look.bits = s->before.bits;
	switch (s->cell->outcome) {
	case EW_GONE:
	case EW_GUARDED:
		want->look.bits = 0;
		break;
	case EW_MOVED:
		want->look.bits = MMK_SOFT_DIRTY;
		break;
	case EW_PAGE:
	case EW_WRITABLE_PAGE:
		if (is_write(w->walker))
			want->look.bits |= MMK_SOFT_DIRTY;
		break;
	default:
		break;
	}
}

/**
 * ew_plan_batch() - Decide what each page is, and what has to become of it
 * @w: the walk
 */
void ew_plan_batch(struct ew_walk *w)
{
	struct ew_site *s;

	skip_if_undefined(w);
	lay_out(w);
	ew_for_each_site(s, w) {
		s->how = &ew_kinds[s->entry];
		s->own_cell = *ew_cell(w->walker, s->entry);
		s->cell = &s->own_cell;
		if (!is_in_walk(w, s)) {
			s->own_cell.outcome = EW_KEPT;
			s->own_cell.says = EW_ANYWAY;
		} else if (s->entry == EW_PRESENT) {
			plan_present(w, s);
		}
		if (s->own_cell.outcome == EW_ANYTHING)
			kunit_skip(w->test, "the table does not say");
	}
}

/**
 * ew_place_batch() - Map what the folios will be in
 * @w: the walk
 * @base: of a pmd; as many addresses as place() needs are free behind it
 *
 * One large folio fills a page table. Small ones fill two halves, unless the walker
 * is about whole page tables.
 */
void ew_place_batch(struct ew_walk *w, unsigned long base)
{
	bool huge = w->batch->order == MMK_MAX_ORDER;
	unsigned long start = huge || w->ops->table ? base : base + PMD_SIZE / 2;
	struct ew_site *s;

	if (w->batch->soft)
		w->uffd = mmk_uffd_open(w->test);
	ew_for_each_site(s, w) {
		s->nr = 1;
		s->addr = start + (s - w->site) * PAGE_SIZE;
		s->to = s->addr;
	}
	w->start = start;
	w->len = EW_BATCH_PAGES * PAGE_SIZE;
	w->end = start + w->len;
	w->near = start + 3 * PMD_SIZE + 16 * PAGE_SIZE;
	w->far = start + 6 * PMD_SIZE;
	KUNIT_ASSERT_EQ(w->test, start,
			vm_mmap(NULL, start, w->len, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, 0));
	if (is_part(w)) {
		w->start += PART_FIRST * PAGE_SIZE;
		w->len = PART_PAGES * PAGE_SIZE;
		w->end = w->start + w->len;
	}
}

static void fault_folios(struct ew_walk *w)
{
	unsigned long start = w->site->addr;
	unsigned int order = w->batch->order, i;
	int ret = 0;

	KUNIT_ASSERT_EQ(w->test, 0,
			do_madvise(w->mm, start, EW_BATCH_PAGES * PAGE_SIZE,
				   MADV_HUGEPAGE));
	if (order == MMK_MAX_ORDER) {
		mmk_huge_on(true);
		ret = mmk_fault_in(w->mm, start, true);
		mmk_huge_on(false);
		mmk_split_pmd(w->mm, start);
	}
	for (i = 0; order < MMK_MAX_ORDER && !ret && i < EW_BATCH_PAGES;
	     i += 1 << order) {
		mmk_anon_order_on(order);
		ret = mmk_fault_in(w->mm, start + i * PAGE_SIZE, true);
		mmk_anon_order_on(0);
	}
	KUNIT_ASSERT_EQ(w->test, ret, 0);
}

/* From now on userfaultfd is told of writes to what is protected, and soft-dirty of all. */
static void notice_writes(struct ew_walk *w)
{
	unsigned long start = w->site->addr;

	/* Earlier, there would have been no large folios. */
	mmk_uffd_watch(w->test, w->uffd, start, EW_BATCH_PAGES * PAGE_SIZE,
		       UFFDIO_REGISTER_MODE_WP);
	mmk_set_vm_flags(w->mm, start, VM_SOFTDIRTY, false);
}

static unsigned int soft_bits(const struct ew_site *s)
{
	return (s->bits & EW_BIT_SOFT ? MMK_SOFT_DIRTY : 0) |
	       (s->bits & EW_BIT_UFFD ? MMK_UFFD : 0);
}

/* Maps a page as its bits say. */
static void set_bits(struct ew_walk *w, struct ew_site *s)
{
	struct vm_area_struct *vma;
	spinlock_t *ptl;
	pte_t *ptep, pte;

	mmap_read_lock(w->mm);
	vma = vma_lookup(w->mm, s->addr);
	ptep = pte_offset_map_lock(w->mm, mm_find_pmd(w->mm, s->addr), s->addr,
				   &ptl);
	if (ptep) {
		pte = ptep_clear_flush(vma, s->addr, ptep);
		if (!(s->bits & EW_BIT_OWN))
			ClearPageAnonExclusive(s->page);
		pte = s->bits & EW_BIT_WRITE ? pte_mkwrite_novma(pte) :
					       pte_wrprotect(pte);
		pte = s->bits & EW_BIT_YOUNG ? pte_mkyoung(pte) : pte_mkold(pte);
		pte = s->bits & EW_BIT_DIRTY ? pte_mkdirty(pte) : pte_mkclean(pte);
		set_pte_at(w->mm, s->addr, ptep, pte);
		pte_unmap_unlock(ptep, ptl);
	}
	mmap_read_unlock(w->mm);
	KUNIT_ASSERT_NOT_NULL(w->test, ptep);
	if (w->batch->soft)
		mmk_set_bits(w->test, w->mm, s->addr, soft_bits(s));
}

static void make_page(struct ew_walk *w, struct ew_site *s)
{
	unsigned long first = (s - w->site) & ~((1UL << w->batch->order) - 1);
	struct page *page;

	ew_stamp(w, s);
	page = mmk_pte_page(w->mm, s->addr);
	KUNIT_ASSERT_NOT_NULL(w->test, page);
	KUNIT_ASSERT_EQ(w->test, folio_order(page_folio(page)), w->batch->order);
	KUNIT_ASSERT_PTR_EQ(w->test, page - (s - w->site - first),
			    folio_page(page_folio(page), 0));
	s->page = page;
	s->folio = page_folio(page);
}

/* What stands between is made last: a hole may belong to a folio no more. */
static void make_between(struct ew_walk *w, struct ew_site *s)
{
	if (s->entry == EW_NONE) {
		KUNIT_ASSERT_EQ(w->test, 0, do_madvise(w->mm, s->addr, PAGE_SIZE,
						       MADV_DONTNEED));
		s->page = NULL;
		s->folio = NULL;
		s->stamp = 0;
	} else if (s->entry == EW_EXCLUSIVE) {
		mmk_make_exclusive(w->test, w->mm, s->addr);
		folio_unlock(s->folio);
		folio_put(s->folio);
	}
}

static void swap_all_out(struct ew_walk *w)
{
	struct ew_site *s;

	lru_add_drain();
	KUNIT_ASSERT_EQ(w->test, mmk_pageout(w->site->addr,
					     EW_BATCH_PAGES * PAGE_SIZE), 0);
	ew_for_each_site(s, w) {
		MMK_EXPECT_PTE(w->test, w->mm, s->addr, SWAP);
		if (w->batch->soft)
			MMK_EXPECT_BITS(w->test, w->mm, s->addr, soft_bits(s));
		s->slot = softleaf_from_pte(mmk_pte(w->mm, s->addr));
		s->page = NULL;
		s->folio = NULL;
	}
}

/* With a reference of the case no folio is split, and none is freed. */
static void hold_folios(struct ew_walk *w)
{
	struct folio *last = NULL;
	struct ew_site *s;

	w->folios = kunit_kcalloc(w->test, EW_BATCH_PAGES, sizeof(*w->folios),
				  GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(w->test, w->folios);
	ew_for_each_site(s, w) {
		if (!s->folio || s->folio == last)
			continue;
		last = s->folio;
		mmk_folio_get(w->test, last);
		w->folios[w->nr_folios++] = last;
	}
}

/**
 * ew_make_batch() - Make the folios, and map their pages
 * @w: the walk
 */
void ew_make_batch(struct ew_walk *w)
{
	struct ew_site *s;

	fault_folios(w);
	ew_for_each_site(s, w)
		make_page(w, s);
	if (w->batch->soft)
		notice_writes(w);
	ew_for_each_site(s, w)
		if (s->entry == EW_EXCLUSIVE)
			make_between(w, s);
	ew_for_each_site(s, w)
		if (s->entry != EW_EXCLUSIVE)
			set_bits(w, s);
	ew_for_each_site(s, w)
		if (s->entry == EW_NONE)
			make_between(w, s);
	lru_add_drain_all();
	if (w->batch->between == EW_SWAP)
		swap_all_out(w);
	else if (!w->ops->splits)
		hold_folios(w);
}

static void drop_folios(struct ew_walk *w)
{
	struct ew_site *s;

	while (w->nr_folios)
		mmk_folio_put(w->test, w->folios[--w->nr_folios]);
	/* From now on it may be another's. */
	ew_for_each_site(s, w) {
		s->page = NULL;
		s->folio = NULL;
	}
}

/**
 * ew_expect_batch() - Expect a folio to have one reference for each mapping
 * @w: the walk, which is over
 */
void ew_expect_batch(struct ew_walk *w)
{
	unsigned int i, nr_wrong = 0;
	struct folio *folio;

	lru_add_drain_all();
	for (i = 0; i < w->nr_folios; i++) {
		folio = w->folios[i];
		nr_wrong += folio_ref_count(folio) != folio_mapcount(folio) + 1;
	}
	KUNIT_EXPECT_EQ_MSG(w->test, nr_wrong, 0U,
			    "folios with a reference too many, or too few");
	drop_folios(w);
}

/**
 * ew_page_at() - The page that is mapped at an entry after the walk
 * @w: the walk
 * @s: the entry
 * @page: which of its pages
 *
 * Return: the page, or NULL.
 */
struct page *ew_page_at(struct ew_walk *w, const struct ew_site *s,
			unsigned int page)
{
	if (s->how->huge && mmk_pmd_kind(w->mm, s->addr) != MMK_PTE_TABLE)
		return mmk_pmd_page(w->mm, s->addr) + page;
	return mmk_pte_page(w->mm, s->addr + page * PAGE_SIZE);
}
