// SPDX-License-Identifier: GPL-2.0
/*
 * What there is after a walk, and what the table says that there should be. What
 * differs is told in one line.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../lib/huge.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "walk.h"

#define STAMP	0x57a3b00000000000UL

/* Lines of a case, but for one */
#define MAX_FAILED	8

/* The pages of a huge page that are stamped, and looked at in the end */
static const unsigned int stamped[] = {
	0, 1, MMK_HUGE_PAGES / 2 - 1, MMK_HUGE_PAGES / 2, MMK_HUGE_PAGES - 1,
};

/* All if there is swap: pages of zeroes are thrown away in the place of going out. */
static unsigned int nr_stamped(struct ew_walk *w, const struct ew_site *s)
{
	return w->ops->swap || s->nr == 1 ? s->nr : ARRAY_SIZE(stamped);
}

static unsigned int stamped_page(struct ew_walk *w, unsigned int i)
{
	return w->ops->swap ? i : stamped[i];
}

/* Writes to the pages of an entry in the making. */
void ew_stamp(struct ew_walk *w, struct ew_site *s)
{
	unsigned int i, page;
	u64 stamp;

	s->stamp = STAMP + ((u64)(s - w->site + 1) << 32);
	for (i = 0; i < nr_stamped(w, s); i++) {
		page = stamped_page(w, i);
		stamp = s->stamp + page;
		KUNIT_ASSERT_EQ(w->test, 0UL,
				copy_to_user((void __user *)s->addr +
					     page * PAGE_SIZE, &stamp,
					     sizeof(stamp)));
	}
}

/* What a pte, or a pmd, holds */
static bool is_own(unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn);

	return folio_test_anon(page_folio(page)) && PageAnonExclusive(page);
}

static void look_at_pte(struct ew_look *look, pte_t pte)
{
	look->kind = mmk_pte_classify(pte);
	look->value = 0;
	look->pfn = 0;
	look->write = false;
	look->young = false;
	look->dirty = false;
	look->bits = mmk_bits_of_pte(pte);
	look->exclusive = false;
	look->own = false;
	if (look->kind == MMK_PTE_NONE)
		return;
	if (pte_present(pte)) {
		look->pfn = pte_pfn(pte);
		look->value = look->pfn;
		look->own = is_own(look->pfn);
		look->write = pte_write(pte);
		look->young = pte_young(pte);
		look->dirty = pte_dirty(pte);
		return;
	}
	look->value = softleaf_from_pte(pte).val;
	if (softleaf_has_pfn(softleaf_from_pte(pte)))
		look->pfn = softleaf_to_pfn(softleaf_from_pte(pte));
	look->exclusive = look->kind == MMK_PTE_SWAP && pte_swp_exclusive(pte);
	if (look->kind == MMK_PTE_DEVICE_EXCLUSIVE)
		look->own = is_own(look->pfn);
}

static void look_at_pmd(struct ew_look *look, pmd_t pmd,
			enum mmk_pte_kind kind)
{
	memset(look, 0, sizeof(*look));
	look->kind = kind;
	look->huge = kind != MMK_PTE_NONE;
	look->contiguous = true;
	if (kind == MMK_PTE_NONE)
		return;
	look->bits = mmk_bits_of_pmd(pmd);
	if (kind != MMK_PTE_PRESENT) {
		look->value = softleaf_from_pmd(pmd).val;
		look->pfn = softleaf_to_pfn(softleaf_from_pmd(pmd));
		return;
	}
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	look->pfn = pmd_pfn(pmd);
	look->value = look->pfn;
	look->own = is_own(look->pfn);
	look->write = pmd_write(pmd);
	look->young = pmd_young(pmd);
	look->dirty = pmd_dirty(pmd);
#endif
}

/* The ptes of a range, which all have to be of one kind */
static void look_at_ptes(struct mm_struct *mm, unsigned long addr,
			 unsigned int nr, struct ew_look *look)
{
	struct ew_look next;
	unsigned int i;

	memset(look, 0, sizeof(*look));
	look_at_pte(look, mmk_pte(mm, addr));
	look->contiguous = true;
	for (i = 1; i < nr; i++) {
		look_at_pte(&next, mmk_pte(mm, addr + i * PAGE_SIZE));
		if (next.kind != look->kind || next.write != look->write ||
		    next.exclusive != look->exclusive || next.own != look->own) {
			look->kind = MMK_PTE_AMBIGUOUS;
			return;
		}
		if (next.pfn != look->pfn + i)
			look->contiguous = false;
	}
}

static void look_at(struct mm_struct *mm, unsigned long addr, unsigned int nr,
		    bool huge, struct ew_look *look)
{
	enum mmk_pte_kind kind = huge ? mmk_pmd_kind(mm, addr) : MMK_PTE_TABLE;

	if (kind == MMK_PTE_TABLE)
		look_at_ptes(mm, addr, nr, look);
	else
		look_at_pmd(look, mmk_pmd(mm, addr), kind);
}

/* And what it counts for */
static void look_at_counts(struct ew_site *s, struct ew_look *look)
{
	if (s->counted) {
		look->mapcount = folio_mapcount(s->folio);
		look->refs = folio_ref_count(s->folio);
	}
	if (s->page)
		look->mapcount = atomic_read(&s->page->_mapcount) + 1;
	/* Each mapping has one. */
	if (s->page)
		look->refs = look->mapcount;
	if (s->slot.val)
		look->slots = mmk_swap_count(s->slot);
}

static void say_look(struct seq_buf *text, const struct ew_look *look,
		     const struct ew_site *s)
{
	seq_buf_printf(text, "%s%s%s%s%s%s%s%s%s%s", look->huge ? "huge " : "",
		       mmk_pte_kind_name(look->kind),
		       look->write ? ", write" : "",
		       look->young ? ", young" : "",
		       look->dirty ? ", dirty" : "",
		       look->bits & MMK_SOFT_DIRTY ? ", soft-dirty" : "",
		       look->bits & MMK_UFFD ? ", protected" : "",
		       look->exclusive ? ", swap exclusive" : "",
		       look->own ? ", page exclusive" : "",
		       look->contiguous ? "" : ", pages mixed up");
	seq_buf_printf(text, " (%lx)", look->value);
	if (s->counted || s->page)
		seq_buf_printf(text, ", mapcount %d, refs %d", look->mapcount,
			       look->refs);
	if (s->slot.val)
		seq_buf_printf(text, ", slot used by %d", look->slots);
}

static void want_nothing(const struct ew_site *s, struct ew_wanted *want)
{
	*want = (struct ew_wanted){
		.look = {
			.kind = MMK_PTE_NONE,
			.contiguous = true,
			.mapcount = s->before.mapcount - s->how->maps,
			.refs = s->before.refs - s->how->refs,
		},
	};
}

/* The pmd has become ptes, of which @left are left in the mm. */
static void want_split(const struct ew_site *s, struct ew_wanted *want,
		       unsigned int left)
{
	want->look.huge = false;
	want->look.mapcount += s->how->maps * ((int)left - 1);
	want->look.refs += s->how->refs * ((int)left - 1);
	want->anon = s->how->anon ? left : 0;
	/* The huge zero page becomes many times the small one. */
	want->look.contiguous = s->entry != EW_HUGE_ZERO;
	want->any_page = s->entry == EW_HUGE_ZERO;
	want->any_value = true;
	/* Dirty may be the pte or the folio. */
	want->any_flags = true;
}

static void want_page(const struct ew_site *s, struct ew_wanted *want, bool write)
{
	want->look.kind = MMK_PTE_PRESENT;
	want->look.write = write;
	want->any_write = !write;
	want->any_value = true;
	want->any_page = true;
	want->any_flags = true;
	want->any_counts = true;
	want->anon += want->swap;
	want->swap = 0;
	/* The zero page, or one of its own; or as many as a huge page has. */
	want->any_anon = !s->how->bytes;
}

/* The table's outcome, as something that can be compared */
static void want_outcome(const struct ew_site *s, enum ew_outcome outcome,
			 struct ew_wanted *want)
{
	const struct ew_kind *how = s->how;

	memset(want, 0, sizeof(*want));
	want->look = s->before;
	want->anon = how->anon ? s->nr : 0;
	want->swap = how->swap ? s->nr : 0;
	switch (outcome) {
	case EW_KEPT:
	case EW_MOVED:
	case EW_CACHED:
		break;
	case EW_GONE:
		want_nothing(s, want);
		break;
	case EW_GUARDED:
		want_nothing(s, want);
		want->look.kind = MMK_PTE_MARKER;
#ifdef PTE_MARKER_GUARD
		want->look.value =
			softleaf_from_pte(make_pte_marker(PTE_MARKER_GUARD)).val;
#endif
		break;
	case EW_READ_ONLY:
	case EW_NO_ACCESS:
		want->look.kind = how->read_only;
		want->look.write = false;
		want->any_value = how->kind != MMK_PTE_PRESENT;
		break;
	case EW_WRITE_ALLOWED:
		want->any_write = true;
		break;
	case EW_SPLIT_UP:
		want_split(s, want, s->nr);
		break;
	case EW_HALF_MOVED:
		want_split(s, want, s->nr);
		break;
	case EW_HALF_GONE:
		want_split(s, want, s->nr / 2);
		break;
	case EW_OLD:
		want->look.young = false;
		break;
	case EW_CLEAN:
		want->look.dirty = false;
		want->look.young = false;
		break;
	case EW_OUT:
		want->look = (struct ew_look){
			.kind = MMK_PTE_SWAP,
			.exclusive = s->before.own,
		};
		want->any_value = true;
		want->any_page = true;
		want->any_counts = true;
		want->swap = want->anon;
		want->anon = 0;
		break;
	case EW_SHARED:
	case EW_RESTORED:
		want->look.kind = how->shared;
		want->look.write = false;
		want->look.exclusive = false;
		want->look.own = false;
		want->any_value = how->kind != how->shared;
		want->any_flags = outcome == EW_RESTORED;
		want->look.slots += how->swap;
		if (outcome == EW_RESTORED)
			want->look.mapcount = 1;
		if (how->refs) {
			want->look.mapcount++;
			want->look.refs++;
		}
		break;
	case EW_PAGE:
		want_page(s, want, false);
		break;
	case EW_WRITABLE_PAGE:
		want_page(s, want, true);
		break;
	case EW_COLLAPSED:
		want_page(s, want, false);
		/* All of them count, and the first entry stands for them. */
		want->anon = IS_ALIGNED(s->addr, PMD_SIZE) ? MMK_HUGE_PAGES : 0;
		want->any_anon = false;
		break;
	case EW_ANYTHING:
	case EW_NR_OUTCOMES:
		break;
	}
}

static bool flags_are(const struct ew_look *now, const struct ew_wanted *want)
{
	const struct ew_look *look = &want->look;

	if (want->more_flags)
		return now->young >= look->young && now->dirty >= look->dirty;
	return now->young == look->young &&
	       (want->any_dirty || now->dirty == look->dirty);
}

/* A write that userfaultfd, or soft-dirty, has to know of has to fault first. */
static bool bits_are(const struct ew_look *now, const struct ew_wanted *want)
{
	if (!want->soft)
		return true;
	if (now->write && (now->bits & MMK_UFFD ||
			   !(now->bits & MMK_SOFT_DIRTY)))
		return false;
	return now->bits == want->look.bits;
}

static bool look_is(const struct ew_look *now, const struct ew_wanted *want)
{
	const struct ew_look *look = &want->look;

	if (want->must_own && !now->own)
		return false;
	/* What others may share, nobody may write to. */
	if (now->kind == MMK_PTE_PRESENT && now->write && !now->own)
		return false;
	return (now->kind == look->kind ||
		(look->kind == MMK_PTE_NONE && now->kind == MMK_PTE_NO_TABLE)) &&
	       (want->any_value || (now->huge == look->huge &&
				    now->value == look->value &&
				    now->exclusive == look->exclusive)) &&
	       (want->any_page || (now->pfn == look->pfn &&
				   now->own == look->own)) &&
	       (look->kind != MMK_PTE_SWAP ||
		now->exclusive == look->exclusive) &&
	       (want->any_write || now->write == look->write) &&
	       (want->any_flags || flags_are(now, want)) &&
	       bits_are(now, want) &&
	       (want->any_counts || (now->mapcount == look->mapcount &&
				     now->refs == look->refs &&
				     now->slots == look->slots));
}

/* A line of which the table is the first half, and the kernel the second */
void ew_fail(struct ew_walk *w, const struct ew_site *s, const char *when,
	     const char *should, const char *is)
{
	const struct ew_cells *cell = s->cell;
	char page[16] = "";

	/* One of 512 pages is not told of better by the others. */
	if (w->nr_failed++ > MAX_FAILED)
		return;
	if (w->batch)
		snprintf(page, sizeof(page), " in page %d", (int)(s - w->site));
	KUNIT_FAIL(w->test, "%s%s%s%s, %s%s: expected \"%s\" (%s): %s; found %s",
		   ew_entry_names[s->entry],
		   s == w->site ? "" : " behind ",
		   s == w->site ? "" : ew_entry_names[s[-1].entry], page,
		   ew_rows[w->walker].name, when,
		   ew_outcome_words[cell->outcome],
		   cell->basis == EW_BY_DOCUMENT ? cell->source :
						   ew_rows[w->walker].rule,
		   should, is);
}

static void expect_look(struct ew_walk *w, struct ew_site *s,
			const struct ew_look *now, const struct ew_wanted *want,
			const char *when)
{
	char *texts;
	struct seq_buf should, is;

	if (look_is(now, want))
		return;
	texts = kunit_kzalloc(w->test, 512, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(w->test, texts);
	seq_buf_init(&should, texts, 256);
	seq_buf_init(&is, texts + 256, 256);
	say_look(&should, &want->look, s);
	say_look(&is, now, s);
	ew_fail(w, s, when, seq_buf_str(&should), seq_buf_str(&is));
}

static void expect_says(struct ew_walk *w, struct ew_site *s)
{
	enum ew_says says = s->cell->says;

	if (says == EW_ANYWAY || s->says == says)
		return;
	if (says == EW_FAILS && s->says >= EW_EFAULT && s->says < EW_FAILS)
		return;
	ew_fail(w, s, "", ew_says_words[says], ew_says_words[s->says]);
}

/* What has moved, and what the moved half has left behind */
static void expect_moved(struct ew_walk *w, struct ew_site *s,
			 struct ew_wanted *want)
{
	struct ew_look now;

	look_at(w->mm, s->addr, s->nr, s->how->huge, &now);
	want_nothing(s, want);
	want->any_counts = true;
	expect_look(w, s, &now, want, ", old address");
}

static unsigned int nr_to_look_at(const struct ew_site *s)
{
	switch (s->cell->outcome) {
	case EW_PAGE:
	case EW_WRITABLE_PAGE:
		/* It is up to the walker how much more it brings. */
		return 1;
	case EW_HALF_GONE:
	case EW_HALF_MOVED:
		return s->nr / 2;
	default:
		return s->nr;
	}
}

/* The second half of what has been split */
static void expect_other_half(struct ew_walk *w, struct ew_site *s)
{
	unsigned long addr = s->addr + s->nr / 2 * PAGE_SIZE;
	struct ew_wanted want;
	struct ew_look now;

	want_outcome(s, EW_SPLIT_UP, &want);
	want.look.pfn += s->nr / 2;
	if (s->cell->outcome == EW_HALF_GONE)
		want_nothing(s, &want);
	want.any_counts = true;
	look_at_ptes(w->mm, addr, s->nr / 2, &now);
	expect_look(w, s, &now, &want, ", second half");
	if (s->cell->outcome == EW_HALF_GONE)
		return;
	look_at_ptes(w->mm, s->addr, s->nr / 2, &now);
	want_nothing(s, &want);
	want.any_counts = true;
	expect_look(w, s, &now, &want, ", old address");
}

static void expect_child(struct ew_walk *w, struct ew_site *s)
{
	struct ew_wanted want = s->want;
	struct ew_look now;

	/* It has not accessed its page yet, and nobody watches it. */
	want.any_flags = true;
	want.look.bits &= ~MMK_UFFD;
	look_at(w->child, s->addr, s->nr, s->how->huge, &now);
	look_at_counts(s, &now);
	expect_look(w, s, &now, &want, ", child");
}

/*
 * A folio is young, or dirty, as a whole: what changes a batch of ptes at a time
 * may give to all what one of them had. A split takes some of it to the folio.
 */
static void want_of_batch(struct ew_walk *w, const struct ew_site *s,
			  enum ew_outcome outcome, struct ew_wanted *want)
{
	switch (w->walker) {
	case EW_MPROTECT_NONE:
	case EW_MPROTECT_READ:
	case EW_MPROTECT_WRITE:
	case EW_MREMAP_NEAR:
	case EW_MREMAP_FAR:
	case EW_MREMAP_PART:
	/* These access all pages if one has to be brought. */
	case EW_HMM_READ:
	case EW_HMM_WRITE:
		want->more_flags = true;
		break;
	case EW_GUP_READ:
	case EW_GUP_NOWAIT:
	case EW_GUP_LONGTERM:
		/* gup_must_unshare(): nobody can get a copy of what is pinned. */
		want->must_own = s->entry == EW_PRESENT && outcome == EW_PAGE;
		break;
	default:
		want->any_dirty = w->ops->splits && outcome != EW_CLEAN;
		want->any_flags |= w->ops->splits && outcome == EW_KEPT;
	}
	ew_want_soft_bits(w, s, want);
}

static void expect_site(struct ew_walk *w, struct ew_site *s)
{
	struct ew_wanted *want = &s->want;
	enum ew_outcome outcome = s->cell->outcome;
	struct ew_look now;

	want_outcome(s, outcome, want);
	if (w->batch)
		want_of_batch(w, s, outcome, want);
	if (outcome == EW_COLLAPSED && want->anon)
		want->anon -= w->beside;
	expect_says(w, s);
	if (outcome == EW_ANYTHING)
		return;
	look_at(w->mm, s->to, nr_to_look_at(s),
		s->how->huge || outcome == EW_COLLAPSED, &now);
	look_at_counts(s, &now);
	expect_look(w, s, &now, want, "");
	if ((outcome == EW_SPLIT_UP || outcome == EW_HALF_GONE ||
	     outcome == EW_HALF_MOVED) &&
	    (now.contiguous != want->look.contiguous || now.huge))
		ew_fail(w, s, "", "its pages in order, in ptes",
			now.huge ? "a pmd" : "others");
	if (outcome == EW_COLLAPSED && !now.huge)
		ew_fail(w, s, "", "a pmd", "a page table");
	if (w->child)
		expect_child(w, s);
}

static void expect_counters(struct ew_walk *w, struct mm_struct *mm,
			    const char *whose)
{
	struct mmk_mm_state now;
	long anon = 0, swap = 0;
	char should[64], is[64];
	struct ew_site *s;

	ew_for_each_site(s, w) {
		if (s->cell->outcome == EW_ANYTHING || s->want.any_anon)
			return;
		anon += s->want.anon;
		swap += s->want.swap;
	}
	mmk_mm_snapshot(mm, &now);
	now.anon -= w->base.anon;
	now.swap -= w->base.swap;
	if (now.anon == anon && now.swap == swap)
		return;
	snprintf(should, sizeof(should), "anon %ld, swapents %ld", anon, swap);
	snprintf(is, sizeof(is), "anon %ld, swapents %ld", now.anon, now.swap);
	ew_fail(w, w->site, whose, should, is);
}

void ew_expect(struct ew_walk *w)
{
	struct ew_wanted old;
	struct ew_site *s;

	lru_add_drain();
	ew_for_each_site(s, w)
		expect_site(w, s);
	expect_counters(w, w->mm, "");
	if (w->child)
		expect_counters(w, w->child, ", child");
	ew_for_each_site(s, w) {
		if (s->cell->outcome == EW_MOVED && s->to != s->addr)
			expect_moved(w, s, &old);
		if (s->cell->outcome == EW_HALF_GONE ||
		    s->cell->outcome == EW_HALF_MOVED)
			expect_other_half(w, s);
	}
}

/* The address of a page of the entry after the walk; 0 if it is not mapped */
static unsigned long page_after(struct ew_walk *w, struct ew_site *s,
				unsigned int page)
{
	unsigned long addr = s->to;

	if (s->cell->outcome == EW_HALF_MOVED && page >= s->nr / 2)
		addr = s->addr;
	addr += page * PAGE_SIZE;
	return find_vma_intersection(w->mm, addr, addr + 1) ? addr : 0;
}

void ew_end_migration(struct ew_walk *w, struct ew_site *s)
{
	if (!s->hold || !s->hold->held)
		return;
	remove_migration_ptes(s->folio, s->folio, 0);
	mmk_hold_finish(w->test, s->hold, false);
}

static void expect_byte(struct ew_walk *w, struct ew_site *s, unsigned int page)
{
	enum ew_outcome outcome = s->cell->outcome;
	bool none = outcome == EW_GONE || !s->how->bytes;
	unsigned long addr;
	char should[64], is[64];
	u64 want, now = 0;
	int nr;

	mmap_read_lock(w->mm);
	addr = page_after(w, s, page);
	mmap_read_unlock(w->mm);
	if (!addr)
		return;
	nr = access_remote_vm(w->mm, addr, &now, sizeof(now), 0);
	want = none ? 0 : s->stamp + page;
	if (s->entry == EW_POISON || s->entry == EW_GUARD ||
	    outcome == EW_GUARDED) {
		/* It has no page, and does not get one by being read. */
		if (!nr || outcome == EW_GONE || outcome == EW_ANYTHING)
			return;
		ew_fail(w, s, ", read", "an error", "a page");
		return;
	}
	if (nr == sizeof(now) && now == want)
		return;
	snprintf(should, sizeof(should), "%llx in page %u", want, page);
	snprintf(is, sizeof(is), nr == sizeof(now) ? "%llx" : "an error", now);
	ew_fail(w, s, ", read", should, is);
}

/* The migrations end, and everybody has the bytes that are his. */
void ew_expect_bytes(struct ew_walk *w)
{
	struct ew_site *s;
	unsigned int i;

	/* With a foreign reference, a device page could not be brought back. */
	ew_for_each_site(s, w)
		if (s->counted)
			mmk_folio_put(w->test, s->folio);
	ew_for_each_site(s, w) {
		ew_end_migration(w, s);
		sys_mprotect(s->to, s->nr * PAGE_SIZE, PROT_READ | PROT_WRITE);
		for (i = 0; i < nr_stamped(w, s); i++)
			expect_byte(w, s, stamped_page(w, i));
	}
}

/* Nothing has changed as long as it waits. */
void ew_expect_waits(struct ew_walk *w)
{
	struct ew_wanted want;
	struct ew_look now;
	struct ew_site *s;

	ew_for_each_site(s, w) {
		want_outcome(s, EW_KEPT, &want);
		look_at(w->mm, s->addr, s->nr, s->how->huge, &now);
		look_at_counts(s, &now);
		expect_look(w, s, &now, &want, ", while it waits");
	}
}

/* What there is before the walk: as many pages as the entries count for. */
void ew_note(struct ew_walk *w)
{
	struct ew_site *s;

	ew_for_each_site(s, w) {
		look_at(w->mm, s->addr, s->nr, s->how->huge, &s->before);
		look_at_counts(s, &s->before);
		KUNIT_ASSERT_TRUE_MSG(w->test, s->before.kind == s->how->kind ||
				      s->before.kind == s->how->read_only,
				      "%s has become %s",
				      ew_entry_names[s->entry],
				      mmk_pte_kind_name(s->before.kind));
		want_outcome(s, EW_KEPT, &s->want);
	}
	expect_counters(w, w->mm, ", before");
}
