// SPDX-License-Identifier: GPL-2.0
/*
 * Long random sequences of what user space and drivers do with pages that move
 * between system and device memory. After each step the kernel is compared with
 * a small model of what must hold: who sees which bytes, where a page is, who
 * maps it, and what is counted. The model knows the rules of copy-on-write and
 * of Documentation/mm/hmm.rst, and nothing of the code.
 *
 * A sequence that fails is shrunk before it is reported. Where the sequences
 * begin, mmk_seed() says; with the parameters "seed" and "steps" one is run again.
 */
#include <linux/highmem.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../internal.h"
#include "fixtures.h"

#define NR_MMS		3
#define NR_SLOTS	8
#define MAX_PINS	4
/* Each slot of each mm, each pin, and the one that is being made. */
#define NR_PAGES	(NR_MMS * NR_SLOTS + MAX_PINS + 1)

#define DEFAULT_STEPS	2000
#define MAX_STEPS	20000
/*
 * How often a failed sequence may be tried to be made shorter. Not how long: in
 * virtual time none passes meanwhile.
 */
#define SHRINK_TRIES	200

static uint model_seed;
module_param_named(seed, model_seed, uint, 0444);
static uint model_steps = DEFAULT_STEPS;
module_param_named(steps, model_steps, uint, 0444);

/**
 * enum place - Where a page is
 * @IN_RAM: system memory
 * @IN_PRIVATE_A: memory of a device that the CPU cannot address
 * @IN_PRIVATE_B: that of another owner
 * @IN_COHERENT: memory of a device that the CPU can address
 * @NR_PLACES: how many there are
 */
enum place {
	IN_RAM,
	IN_PRIVATE_A,
	IN_PRIVATE_B,
	IN_COHERENT,
	NR_PLACES,
};

static const char * const place_names[NR_PLACES] = {
	"ram", "private-a", "private-b", "coherent",
};

/**
 * enum step_kind - What happens next
 * @STEP_READ: one word is read
 * @STEP_WRITE: one word is written
 * @STEP_FORK: the parent forks
 * @STEP_EXIT: a child exits
 * @STEP_PROTECT: mprotect() of some pages of the parent
 * @STEP_UNMAP: munmap() and a fresh mmap() there
 * @STEP_DISCARD: MADV_DONTNEED
 * @STEP_MIGRATE: migrate_vma_*() of some pages
 * @STEP_UNLOAD: a device is emptied without a VMA
 * @STEP_PIN: somebody takes a reference on a page
 * @STEP_UNPIN: and drops it
 * @NR_STEP_KINDS: how many there are
 */
enum step_kind {
	STEP_READ,
	STEP_WRITE,
	STEP_FORK,
	STEP_EXIT,
	STEP_PROTECT,
	STEP_UNMAP,
	STEP_DISCARD,
	STEP_MIGRATE,
	STEP_UNLOAD,
	STEP_PIN,
	STEP_UNPIN,
	NR_STEP_KINDS,
};

static const struct {
	const char *name;
	unsigned int weight;
} step_kinds[NR_STEP_KINDS] = {
	[STEP_READ]	= { "read", 20 },
	[STEP_WRITE]	= { "write", 24 },
	[STEP_FORK]	= { "fork", 3 },
	[STEP_EXIT]	= { "exit", 3 },
	[STEP_PROTECT]	= { "protect", 6 },
	[STEP_UNMAP]	= { "unmap", 3 },
	[STEP_DISCARD]	= { "discard", 4 },
	[STEP_MIGRATE]	= { "migrate", 28 },
	[STEP_UNLOAD]	= { "unload", 2 },
	[STEP_PIN]	= { "pin", 4 },
	[STEP_UNPIN]	= { "unpin", 5 },
};

/**
 * struct step - One step, which means something in any state of the world
 * @kind: &enum step_kind
 * @mm: whose address
 * @slot: first page
 * @nr: how many pages, at least one
 * @from: &enum place that is selected, or is emptied
 * @to: &enum place to migrate to
 * @decline: the pages, as bits, for which the driver finds no memory
 * @flag: writable, or: as user space does it
 */
struct step {
	u8 kind;
	u8 mm;
	u8 slot;
	u8 nr;
	u8 from;
	u8 to;
	u8 decline;
	bool flag;
};

/**
 * struct model_page - What the model knows of a page
 * @maps: how many ptes refer to it
 * @pins: how many references somebody else holds
 * @place: where it is
 * @exclusive: belongs to one mm only, so that this one may write to it
 * @stamp: the word that was written to it last
 */
struct model_page {
	unsigned int maps;
	unsigned int pins;
	enum place place;
	bool exclusive;
	u32 stamp;
};

/* What a slot holds that has no page of its own. */
#define SLOT_NONE	-1
#define SLOT_ZERO	-2

/**
 * struct model - The world, and what is expected of it
 * @test: the running case
 * @addr: where the slots are, in every mm
 * @mm: the parent and its children, NULL where there is none
 * @slot: what each of them has there: an index of @page, or SLOT_*
 * @writable: what mprotect() said last
 * @page: the pages
 * @dev: the devices, by place
 * @pinned: the folios that are pinned, and which of @page each is
 * @round: of migrate_vma_*()
 * @src: source pfns of a device that is emptied
 * @dst: and their destinations
 * @stamp: the last that was written
 * @why: what went wrong first
 */
struct model {
	struct kunit *test;
	unsigned long addr;
	struct mm_struct *mm[NR_MMS];
	int slot[NR_MMS][NR_SLOTS];
	bool writable[NR_MMS][NR_SLOTS];
	struct model_page page[NR_PAGES];
	struct mmk_dev *dev[NR_PLACES];
	struct {
		struct folio *folio;
		int page;
	} pinned[MAX_PINS];
	struct mmk_vma *round;
	unsigned long *src;
	unsigned long *dst;
	u32 stamp;
	char why[128];
};

/* The first thing that goes wrong is what counts. */
#define model_expect(m, cond, fmt, ...)					\
({									\
	struct model *__model = (m);					\
	bool __ok = !!(cond);						\
									\
	if (!__ok && !__model->why[0])					\
		scnprintf(__model->why, sizeof(__model->why), fmt,	\
			  ##__VA_ARGS__);				\
	__ok;								\
})

static unsigned long slot_addr(const struct model *model, unsigned int slot)
{
	return model->addr + slot * PAGE_SIZE;
}

/* The word that is written to a page is not in the same place in all of them. */
static unsigned long stamp_addr(const struct model *model, unsigned int slot)
{
	return slot_addr(model, slot) + (slot * 584 + 8) % PAGE_SIZE;
}

static int page_new(struct model *model, enum place place, u32 stamp)
{
	int i;

	for (i = 0; i < NR_PAGES; i++) {
		struct model_page *page = &model->page[i];

		if (page->maps || page->pins)
			continue;
		page->maps = 1;
		page->place = place;
		page->exclusive = true;
		page->stamp = stamp;
		return i;
	}
	KUNIT_FAIL_AND_ABORT(model->test, "the model has run out of pages");
	return SLOT_NONE;
}

static struct model_page *slot_page(struct model *model, unsigned int mm,
				    unsigned int slot)
{
	int i = model->slot[mm][slot];

	return i < 0 ? NULL : &model->page[i];
}

static void slot_drop(struct model *model, unsigned int mm, unsigned int slot)
{
	struct model_page *page = slot_page(model, mm, slot);

	if (page)
		page->maps--;
	model->slot[mm][slot] = SLOT_NONE;
}

static bool is_private(enum place place)
{
	return place == IN_PRIVATE_A || place == IN_PRIVATE_B;
}

/* The CPU cannot get at device-private memory: an access brings the page back. */
static void model_touch(struct model_page *page)
{
	if (is_private(page->place))
		page->place = IN_RAM;
}

/* Whether the access was served. */
static bool access_word(struct model *model, const struct step *step, u32 *word)
{
	unsigned long addr = stamp_addr(model, step->slot);
	bool write = step->kind == STEP_WRITE;

	if (step->mm || !step->flag)
		return access_remote_vm(model->mm[step->mm], addr, word,
					sizeof(*word),
					write ? FOLL_WRITE : 0) ==
		       sizeof(*word);
	if (write)
		return !copy_to_user((void __user *)addr, word, sizeof(*word));
	return !copy_from_user(word, (void __user *)addr, sizeof(*word));
}

static bool step_read(struct model *model, const struct step *step)
{
	struct model_page *page = slot_page(model, step->mm, step->slot);
	u32 word = 0xdeadbeef, want = page ? page->stamp : 0;
	bool served = access_word(model, step, &word);

	if (page)
		model_touch(page);
	else
		model->slot[step->mm][step->slot] = SLOT_ZERO;
	return model_expect(model, served, "read is not served") &&
	       model_expect(model, word == want, "read gives %#x, not %#x",
			    word, want);
}

static bool step_write(struct model *model, const struct step *step)
{
	int *slot = &model->slot[step->mm][step->slot];
	struct model_page *page = slot_page(model, step->mm, step->slot);
	bool may = model->writable[step->mm][step->slot];
	u32 word = ++model->stamp;

	if (!model_expect(model, access_word(model, step, &word) == may,
			  "write is %sserved", may ? "not " : ""))
		return false;
	if (!may)
		return true;

	if (!page) {
		*slot = page_new(model, IN_RAM, word);
		return true;
	}
	model_touch(page);
	if (page->exclusive || (page->maps == 1 && !page->pins)) {
		page->exclusive = true;
		page->stamp = word;
		return true;
	}
	page->maps--;
	*slot = page_new(model, IN_RAM, word);
	return true;
}

static bool step_fork(struct model *model)
{
	unsigned int child, i;

	for (child = 1; child < NR_MMS && model->mm[child]; child++)
		;
	if (child == NR_MMS)
		return true;

	model->mm[child] = mmk_fork(model->test);
	for (i = 0; i < NR_SLOTS; i++) {
		struct model_page *page = slot_page(model, 0, i);

		model->writable[child][i] = model->writable[0][i];
		model->slot[child][i] = model->slot[0][i];
		if (page) {
			page->maps++;
			page->exclusive = false;
		} else if (mmk_pte_kind(model->mm[child], slot_addr(model, i)) !=
			   MMK_PTE_PRESENT) {
			/* The zero page need not be copied. */
			model->slot[child][i] = SLOT_NONE;
		}
	}
	return true;
}

static void child_exit(struct model *model, unsigned int child)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		slot_drop(model, child, i);
	mmk_mm_put(model->test, model->mm[child]);
	model->mm[child] = NULL;
}

static bool step_protect(struct model *model, const struct step *step)
{
	unsigned long prot = PROT_READ | (step->flag ? PROT_WRITE : 0);
	unsigned int i;

	for (i = step->slot; i < step->slot + step->nr; i++)
		model->writable[0][i] = step->flag;
	return model_expect(model,
			    !sys_mprotect(slot_addr(model, step->slot),
					  step->nr * PAGE_SIZE, prot),
			    "mprotect() fails");
}

static bool step_unmap(struct model *model, const struct step *step)
{
	unsigned long addr = slot_addr(model, step->slot);
	unsigned long len = step->nr * PAGE_SIZE;
	unsigned int i;

	for (i = step->slot; i < step->slot + step->nr; i++) {
		slot_drop(model, 0, i);
		model->writable[0][i] = true;
	}
	return model_expect(model, !vm_munmap(addr, len), "munmap() fails") &&
	       model_expect(model,
			    vm_mmap(NULL, addr, len, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				    0) == addr, "mmap() fails");
}

static bool step_discard(struct model *model, const struct step *step)
{
	unsigned int i;

	for (i = step->slot; i < step->slot + step->nr; i++)
		slot_drop(model, 0, i);
	return model_expect(model,
			    !do_madvise(current->mm,
					slot_addr(model, step->slot),
					step->nr * PAGE_SIZE, MADV_DONTNEED),
			    "MADV_DONTNEED fails");
}

static bool slot_is_offered(struct model *model, unsigned int mm,
			    unsigned int slot, enum place from)
{
	struct model_page *page = slot_page(model, mm, slot);

	if (page)
		return page->place == from && !page->pins;
	/* A hole can be filled whatever is selected. */
	return model->slot[mm][slot] == SLOT_NONE || from == IN_RAM;
}

static bool offer_is_right(struct model *model, const struct step *step)
{
	struct mmk_vma *round = model->round;
	unsigned long i, offered = 0;

	for (i = 0; i < round->args.npages; i++) {
		unsigned int slot = step->slot + i;
		struct model_page *page = slot_page(model, step->mm, slot);
		bool want = slot_is_offered(model, step->mm, slot, step->from);

		offered += want;
		if (!model_expect(model,
				  !!(round->src[i] & MIGRATE_PFN_MIGRATE) ==
				  want, "slot %u is %soffered", slot,
				  want ? "not " : "") ||
		    !model_expect(model, !want || !page ==
				  !migrate_pfn_to_page(round->src[i]),
				  "slot %u is offered as %#lx", slot,
				  round->src[i]) ||
		    !model_expect(model,
				  !(round->src[i] & MIGRATE_PFN_WRITE) ||
				  (page && page->exclusive &&
				   model->writable[step->mm][slot]),
				  "slot %u is offered as writable", slot))
			return false;
	}
	return model_expect(model, round->args.cpages == offered,
			    "cpages is %lu, not %lu", round->args.cpages,
			    offered);
}

static void decline(struct mmk_vma *round, unsigned int pages)
{
	struct page *page;
	unsigned long i;

	for (i = 0; i < round->args.npages; i++) {
		page = migrate_pfn_to_page(round->dst[i]);
		if (!page || !(pages & BIT(i)))
			continue;
		unlock_page(page);
		put_page(page);
		round->dst[i] = 0;
	}
}

static bool outcome_is_right(struct model *model, const struct step *step)
{
	struct mmk_vma *round = model->round;
	unsigned long i;

	for (i = 0; i < round->args.npages; i++) {
		unsigned int slot = step->slot + i;
		struct model_page *page = slot_page(model, step->mm, slot);
		bool want = slot_is_offered(model, step->mm, slot,
					    step->from) &&
			    !(step->decline & BIT(i));

		if (!model_expect(model,
				  !!(round->src[i] & MIGRATE_PFN_MIGRATE) ==
				  want, "slot %u is %smigrated", slot,
				  want ? "not " : ""))
			return false;
		if (want && page)
			page->place = step->to;
		else if (want)
			model->slot[step->mm][slot] = page_new(model, step->to,
							       0);
	}
	return true;
}

/* As much of the range as lies in one VMA. */
static void round_prepare(struct model *model, const struct step *step)
{
	static const unsigned long select[NR_PLACES] = {
		[IN_RAM]	= MIGRATE_VMA_SELECT_SYSTEM,
		[IN_PRIVATE_A]	= MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
		[IN_PRIVATE_B]	= MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
		[IN_COHERENT]	= MIGRATE_VMA_SELECT_DEVICE_COHERENT,
	};
	struct mmk_vma *round = model->round;
	struct mm_struct *mm = model->mm[step->mm];
	unsigned long start = slot_addr(model, step->slot);
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, start);
	KUNIT_ASSERT_NOT_NULL(model->test, vma);
	round->args.end = min(vma->vm_end, start + step->nr * PAGE_SIZE);
	mmap_read_unlock(mm);
	round->args.start = start;
	round->args.flags = select[step->from];
	round->args.pgmap_owner = model->dev[step->from];
	round->mm = mm;
	memset(round->dst, 0, sizeof(round->dst));
}

static bool step_migrate(struct model *model, const struct step *step)
{
	struct mmk_vma *round = model->round;
	bool ok;

	round_prepare(model, step);
	if (!model_expect(model, !mmk_vma_setup(round),
			  "migrate_vma_setup() fails"))
		return false;
	ok = offer_is_right(model, step);
	if (ok) {
		if (step->to == IN_RAM)
			mmk_vma_copy_to_ram(model->test, round);
		else
			mmk_vma_copy_to_dev(model->test, round,
					    model->dev[step->to]);
		decline(round, step->decline);
		mmk_vma_pages(round);
		ok = outcome_is_right(model, step);
	}
	mmk_vma_finalize(round);
	return ok;
}

static bool step_unload(struct model *model, const struct step *step)
{
	enum place place = step->from;
	struct mmk_dev *dev = model->dev[place];
	unsigned long first, i;
	struct page *page;
	bool ok = true;

	if (!is_private(place))
		return true;

	first = page_to_pfn(mmk_dev_page(dev, 0));
	migrate_device_range(model->src, first, dev->nr_pages);
	for (i = 0; i < dev->nr_pages; i++) {
		model->dst[i] = 0;
		ok = ok && model_expect(model,
					!!(model->src[i] &
					   MIGRATE_PFN_MIGRATE) ==
					test_bit(i, dev->busy),
					"device page %lu is%s offered", i,
					test_bit(i, dev->busy) ? " not" : "");
		if (!(model->src[i] & MIGRATE_PFN_MIGRATE))
			continue;
		page = alloc_page(GFP_HIGHUSER_MOVABLE);
		if (!page)
			continue;
		lock_page(page);
		copy_highpage(page, mmk_dev_backing(pfn_to_page(first + i)));
		model->dst[i] = migrate_pfn(page_to_pfn(page));
	}
	migrate_device_pages(model->src, model->dst, dev->nr_pages);
	migrate_device_finalize(model->src, model->dst, dev->nr_pages);
	for (i = 0; i < NR_PAGES; i++)
		if (model->page[i].place == place)
			model->page[i].place = IN_RAM;
	/* Now and then the device goes away, and comes back. */
	if (ok && step->nr == 1 && !mmk_dev_nr_busy(dev)) {
		mmk_dev_unmap(dev);
		ok = model_expect(model, !mmk_dev_map(dev),
				  "the device does not come back");
	}
	return ok;
}

static bool step_pin(struct model *model, const struct step *step)
{
	struct model_page *page = slot_page(model, step->mm, step->slot);
	unsigned int i;

	for (i = 0; i < MAX_PINS && model->pinned[i].folio; i++)
		;
	/* Who holds a device-private page would keep the CPU from it for ever. */
	if (i == MAX_PINS || !page || is_private(page->place))
		return true;

	model->pinned[i].folio = mmk_pte_folio(model->test,
					       model->mm[step->mm],
					       slot_addr(model, step->slot));
	model->pinned[i].page = model->slot[step->mm][step->slot];
	folio_get(model->pinned[i].folio);
	page->pins++;
	return true;
}

static void unpin(struct model *model, unsigned int i)
{
	if (!model->pinned[i].folio)
		return;
	model->page[model->pinned[i].page].pins--;
	folio_put(model->pinned[i].folio);
	model->pinned[i].folio = NULL;
}

static enum place folio_place(struct model *model, struct folio *folio)
{
	enum place place;

	for (place = IN_PRIVATE_A; place < NR_PLACES; place++)
		if (folio_is_zone_device(folio) &&
		    page_pgmap(folio_page(folio, 0))->owner ==
		    model->dev[place])
			return place;
	return IN_RAM;
}

static u32 folio_word(struct model *model, struct folio *folio,
		      unsigned int slot)
{
	struct page *page = folio_page(folio, 0);
	u32 word;
	u8 *p;

	p = kmap_local_page(mmk_dev_backing(page) ?: page);
	word = *(u32 *)(p + offset_in_page(stamp_addr(model, slot)));
	kunmap_local(p);
	return word;
}

static bool refcount_is(struct folio *folio, unsigned int want)
{
	if (folio_ref_count(folio) == want)
		return true;
	/* On its way to the LRU, on another CPU. */
	lru_add_drain_all();
	return folio_ref_count(folio) == want;
}

/* What must hold for a page that a slot maps. */
static bool page_is_right(struct model *model, unsigned int mm,
			  unsigned int slot, struct folio *folio, pte_t pte)
{
	struct model_page *page = slot_page(model, mm, slot);
	enum place place = folio_place(model, folio);
	bool may_write, exclusive;

	may_write = pte_present(pte) ? pte_write(pte) :
		softleaf_is_device_private_write(softleaf_from_pte(pte));
	exclusive = PageAnonExclusive(folio_page(folio, 0));
	return model_expect(model, place == page->place, "%u.%u is in %s, not %s",
			    mm, slot, place_names[place],
			    place_names[page->place]) &&
	       model_expect(model, pte_present(pte) == !is_private(place),
			    "%u.%u: pte is %s", mm, slot,
			    mmk_pte_kind_name(mmk_pte_classify(pte))) &&
	       model_expect(model, folio_word(model, folio, slot) ==
			    page->stamp, "%u.%u holds %#x, not %#x", mm, slot,
			    folio_word(model, folio, slot), page->stamp) &&
	       model_expect(model, folio_mapcount(folio) == page->maps,
			    "%u.%u: mapcount is %d, not %u", mm, slot,
			    folio_mapcount(folio), page->maps) &&
	       model_expect(model, refcount_is(folio, page->maps + page->pins),
			    "%u.%u: refcount is %d, not %u + %u", mm, slot,
			    folio_ref_count(folio), page->maps, page->pins) &&
	       model_expect(model, exclusive == page->exclusive,
			    "%u.%u is %sexclusive", mm, slot,
			    exclusive ? "" : "not ") &&
	       model_expect(model, !may_write ||
			    (exclusive && model->writable[mm][slot]),
			    "%u.%u may be written to", mm, slot) &&
	       model_expect(model, folio_test_anon(folio),
			    "%u.%u is not anonymous", mm, slot) &&
	       model_expect(model, !folio_test_locked(folio),
			    "%u.%u is locked", mm, slot) &&
	       model_expect(model, folio_test_lru(folio) == (place == IN_RAM),
			    "%u.%u: PG_lru is %d", mm, slot,
			    folio_test_lru(folio));
}

static bool slot_is_right(struct model *model, unsigned int mm,
			  unsigned int slot)
{
	unsigned long addr = slot_addr(model, slot);
	pte_t pte;
	bool table = mmk_pte_get(model->mm[mm], addr, &pte);
	struct page *page = NULL;
	int want = model->slot[mm][slot];

	if (want == SLOT_NONE)
		return model_expect(model, !table || pte_none(pte),
				    "%u.%u is %s, not none", mm, slot,
				    mmk_pte_kind_name(mmk_pte_classify(pte)));
	if (!model_expect(model, table && !pte_none(pte), "%u.%u is none", mm,
			  slot))
		return false;
	if (want == SLOT_ZERO)
		return model_expect(model, pte_present(pte) &&
				    is_zero_pfn(pte_pfn(pte)) &&
				    !pte_write(pte),
				    "%u.%u is not the zero page", mm, slot);
	if (pte_present(pte))
		page = pte_page(pte);
	else if (softleaf_is_device_private(softleaf_from_pte(pte)))
		page = softleaf_to_page(softleaf_from_pte(pte));
	return model_expect(model, page, "%u.%u: pte is %s", mm, slot,
			    mmk_pte_kind_name(mmk_pte_classify(pte))) &&
	       page_is_right(model, mm, slot, page_folio(page), pte);
}

static bool mm_is_right(struct model *model, unsigned int mm)
{
	long rss = get_mm_counter_sum(model->mm[mm], MM_ANONPAGES), want = 0;
	unsigned int slot;

	for (slot = 0; slot < NR_SLOTS; slot++) {
		want += model->slot[mm][slot] >= 0;
		if (!slot_is_right(model, mm, slot))
			return false;
	}
	return model_expect(model, rss == want, "mm %u: RSS is %ld, not %ld",
			    mm, rss, want);
}

static bool device_is_right(struct model *model, enum place place)
{
	struct mmk_dev *dev = model->dev[place];
	unsigned int i, want = 0, busy = mmk_dev_nr_busy(dev);

	for (i = 0; i < NR_PAGES; i++)
		want += (model->page[i].maps || model->page[i].pins) &&
			model->page[i].place == place;
	if (!model_expect(model, busy == want, "%s has %u pages in use, not %u",
			  place_names[place], busy, want) ||
	    !model_expect(model, mmk_dev_refs(dev) == want,
			  "%s has %ld pgmap references, not %u",
			  place_names[place], mmk_dev_refs(dev), want))
		return false;
	for (i = 0; i < dev->nr_pages; i++)
		if (!model_expect(model, test_bit(i, dev->busy) ||
				  !page_ref_count(mmk_dev_page(dev, i)),
				  "free page %u of %s has a reference", i,
				  place_names[place]))
			return false;
	return true;
}

static bool world_is_right(struct model *model)
{
	enum place place;
	unsigned int i;

	lru_add_drain();
	for (i = 0; i < NR_MMS; i++)
		if (model->mm[i] && !mm_is_right(model, i))
			return false;
	for (place = IN_PRIVATE_A; place < NR_PLACES; place++)
		if (!device_is_right(model, place))
			return false;
	for (i = 0; i < MAX_PINS; i++) {
		struct folio *folio = model->pinned[i].folio;
		struct model_page *page = &model->page[model->pinned[i].page];

		if (folio && !model_expect(model,
					   refcount_is(folio, page->maps +
						       page->pins),
					   "pin %u: refcount is %d, not %u + %u",
					   i, folio_ref_count(folio),
					   page->maps, page->pins))
			return false;
	}
	return true;
}

static bool step_take(struct model *model, const struct step *step)
{
	if (step->mm && !model->mm[step->mm])
		return true;

	switch (step->kind) {
	case STEP_READ:
		return step_read(model, step);
	case STEP_WRITE:
		return step_write(model, step);
	case STEP_FORK:
		return step_fork(model);
	case STEP_EXIT:
		if (step->mm)
			child_exit(model, step->mm);
		return true;
	case STEP_PROTECT:
		return step_protect(model, step);
	case STEP_UNMAP:
		return step_unmap(model, step);
	case STEP_DISCARD:
		return step_discard(model, step);
	case STEP_MIGRATE:
		return step_migrate(model, step);
	case STEP_UNLOAD:
		return step_unload(model, step);
	case STEP_PIN:
		return step_pin(model, step);
	default:
		unpin(model, step->slot % MAX_PINS);
		return true;
	}
}

/* Nothing is left of what has been: a leak shows when this is checked. */
static bool world_clear(struct model *model)
{
	static const struct step everything = {
		.kind = STEP_UNMAP, .nr = NR_SLOTS,
	};
	unsigned int i;
	bool ok;

	for (i = 1; i < NR_MMS; i++)
		if (model->mm[i])
			child_exit(model, i);
	for (i = 0; i < MAX_PINS; i++)
		unpin(model, i);
	ok = step_unmap(model, &everything);
	memset(model->page, 0, sizeof(model->page));
	return ok && world_is_right(model);
}

/* Returns the step after which something was wrong, @nr if nothing was. */
static unsigned int steps_run(struct model *model, const struct step *steps,
			      unsigned int nr)
{
	unsigned int i;

	model->why[0] = '\0';
	for (i = 0; i < nr; i++) {
		if (!step_take(model, &steps[i]) || !world_is_right(model))
			break;
		cond_resched();
	}
	if (!world_clear(model) && i == nr && nr)
		i = nr - 1;
	return i;
}

/*
 * Leave out steps as long as something still goes wrong: first many at a time,
 * in the end one by one. What is wrong need not be the same all the while.
 */
static unsigned int steps_shrink(struct model *model, struct step *steps,
				 struct step *scratch, unsigned int nr)
{
	unsigned int chunk, i, left, tries = SHRINK_TRIES;

	for (chunk = nr / 2; chunk; chunk /= 2) {
		for (i = 0; i + chunk <= nr && tries; tries--) {
			left = nr - chunk;
			memcpy(scratch, steps, i * sizeof(*steps));
			memcpy(scratch + i, steps + i + chunk,
			       (left - i) * sizeof(*steps));
			left = min(left, steps_run(model, scratch, left) + 1);
			if (model->why[0]) {
				nr = left;
				memcpy(steps, scratch, nr * sizeof(*steps));
			} else {
				i += chunk;
			}
		}
	}
	steps_run(model, steps, nr);
	return nr;
}

static void step_print(struct kunit *test, const struct step *step)
{
	kunit_err(test, "  %s mm=%u slots=%u+%u from=%s to=%s decline=%#x flag=%d\n",
		  step_kinds[step->kind].name, step->mm, step->slot, step->nr,
		  place_names[step->from], place_names[step->to],
		  step->decline, step->flag);
}

static void step_choose(struct rnd_state *rnd, struct step *step)
{
	unsigned int sum = 0, pick, i;

	for (i = 0; i < NR_STEP_KINDS; i++)
		sum += step_kinds[i].weight;
	pick = prandom_u32_state(rnd) % sum;
	for (i = 0; pick >= step_kinds[i].weight; i++)
		pick -= step_kinds[i].weight;

	step->kind = i;
	step->mm = prandom_u32_state(rnd) % NR_MMS;
	step->slot = prandom_u32_state(rnd) % NR_SLOTS;
	step->nr = 1 + prandom_u32_state(rnd) % (NR_SLOTS - step->slot);
	step->from = prandom_u32_state(rnd) % NR_PLACES;
	step->to = prandom_u32_state(rnd) % NR_PLACES;
	/* Mostly from system memory: the other places would stay empty. */
	if (prandom_u32_state(rnd) % 2)
		step->from = step->kind == STEP_UNLOAD ? IN_PRIVATE_A : IN_RAM;
	step->decline = prandom_u32_state(rnd) % 4 ? 0 :
						     prandom_u32_state(rnd);
	step->flag = prandom_u32_state(rnd) % 2;
}

static void model_release(void *data)
{
	struct model *model = data;
	unsigned int i;

	/* Where an assertion has ended the case half-way. */
	for (i = 0; i < MAX_PINS; i++)
		unpin(model, i);
}

static struct model *model_create(struct kunit *test)
{
	struct model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, model);
	model->test = test;
	memset(model->slot, SLOT_NONE, sizeof(model->slot));
	model->dev[IN_PRIVATE_A] = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	model->dev[IN_PRIVATE_B] = mmk_dev_create(test, MEMORY_DEVICE_PRIVATE);
	model->dev[IN_COHERENT] = mmk_dev_create(test, MEMORY_DEVICE_COHERENT);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, model_release,
							model), 0);
	i = model->dev[IN_PRIVATE_A]->nr_pages;
	model->src = kunit_kcalloc(test, i, sizeof(*model->src), GFP_KERNEL);
	model->dst = kunit_kcalloc(test, i, sizeof(*model->dst), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, model->src);
	KUNIT_ASSERT_NOT_NULL(test, model->dst);

	model->mm[0] = mmk_mm_enter(test);
	model->addr = mmk_map_anon(test, NR_SLOTS);
	for (i = 0; i < NR_SLOTS; i++)
		model->writable[0][i] = true;
	model->round = mmk_vma_alloc(test, model->mm[0], model->addr, NR_SLOTS,
				     0, NULL);
	return model;
}

static struct step *steps_alloc(struct kunit *test, unsigned int nr)
{
	struct step *steps = kunit_kcalloc(test, nr, sizeof(*steps),
					   GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, steps);
	return steps;
}

struct seed_case {
	const char *description;
	u32 seed;
};

static const struct seed_case seed_cases[] = {
	{ "sequence 1", 1 },
	{ "sequence 2", 2 },
	{ "sequence 3", 3 },
	{ "sequence 4", 4 },
	{ "sequence 5", 5 },
};

KUNIT_ARRAY_PARAM_DESC(seed, seed_cases, description);

/**
 * random_steps_agree_with_the_model() - Everything, in any order
 * @test: the running case
 *
 * Up to three mms, a parent and its children, share eight anonymous pages, which
 * two device-private devices and a coherent one come for. After each step the
 * bytes, the place, the references, the mappings and the exclusive owner of each
 * page are those of the model, and so are the RSS of each mm and the pages that
 * each device has in use. With nothing mapped any more, all device pages are
 * free.
 *
 * Contract: MV-4, MV-5, MV-6, MV-7, MV-8, MV-15, MV-16, ZD-3, ZD-4, ZD-12
 * Random: the steps
 */
static void random_steps_agree_with_the_model(struct kunit *test)
{
	const struct seed_case *c = test->param_value;
	unsigned int nr = clamp(model_steps, 1U, MAX_STEPS), bad, left, i;
	u32 seed = model_seed ?:
		   c->seed + (mmk_seed() - 1) * (u32)ARRAY_SIZE(seed_cases);
	struct model *model = model_create(test);
	struct step *steps = steps_alloc(test, nr);
	struct step *scratch = steps_alloc(test, nr);
	struct rnd_state rnd;

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < nr; i++)
		step_choose(&rnd, &steps[i]);

	bad = steps_run(model, steps, nr);
	if (!model->why[0])
		return;

	kunit_err(test, "seed %u, step %u of %u: %s\n", seed, bad + 1, nr,
		  model->why);
	left = steps_shrink(model, steps, scratch, bad + 1);
	for (i = 0; i < left; i++)
		step_print(test, &steps[i]);
	KUNIT_FAIL(test, "after these %u step(s): %s", left, model->why);
}

static struct kunit_case migrate_vma_model_cases[] = {
	KUNIT_CASE_PARAM(random_steps_agree_with_the_model, seed_gen_params),
	{}
};

static struct kunit_suite migrate_vma_model_suite = {
	.name = "migrate_vma_model",
	.init = mmk_case_init,
	.test_cases = migrate_vma_model_cases,
};

kunit_test_suite(migrate_vma_model_suite);
