// SPDX-License-Identifier: GPL-2.0
/*
 * What must hold after each step.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/mm.h>

#include "../../internal.h"
#include "../compat/leaf.h"
#include "../compat/pgmap.h"
#include "../lib/device.h"
#include "../lib/pte.h"
#include "model.h"

const char * const model_place_names[NR_PLACES] = {
	"ram", "private-a", "private-b", "coherent",
};

int model_page_new(struct model *model, enum place place, u32 stamp)
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

struct model_page *model_slot_page(struct model *model, unsigned int mm,
				   unsigned int slot)
{
	int i = model->slot[mm][slot];

	return i < 0 ? NULL : &model->page[i];
}

void model_slot_drop(struct model *model, unsigned int mm, unsigned int slot)
{
	struct model_page *page = model_slot_page(model, mm, slot);

	if (page)
		page->maps--;
	model->slot[mm][slot] = SLOT_NONE;
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
	/* It may be in an LRU batch of another CPU, which has a reference. */
	lru_add_drain_all();
	return folio_ref_count(folio) == want;
}

/* Whether what must hold for a page that a slot maps does */
static bool page_is_right(struct model *model, unsigned int mm,
			  unsigned int slot, struct folio *folio, pte_t pte)
{
	struct model_page *page = model_slot_page(model, mm, slot);
	enum place place = folio_place(model, folio);
	bool may_write, exclusive;

	may_write = pte_present(pte) ? pte_write(pte) :
		softleaf_is_device_private_write(softleaf_from_pte(pte));
	exclusive = PageAnonExclusive(folio_page(folio, 0));
	return model_expect(model, place == page->place, "%u.%u is in %s, not %s",
			    mm, slot, model_place_names[place],
			    model_place_names[page->place]) &&
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
			  model_place_names[place], busy, want) ||
	    !model_expect(model, mmk_dev_refs(dev) == want,
			  "%s has %ld pgmap references, not %u",
			  model_place_names[place], mmk_dev_refs(dev), want))
		return false;
	for (i = 0; i < dev->nr_pages; i++)
		if (!model_expect(model, test_bit(i, dev->busy) ||
				  !page_ref_count(mmk_dev_page(dev, i)),
				  "free page %u of %s has a reference", i,
				  model_place_names[place]))
			return false;
	return true;
}

bool model_world_is_right(struct model *model)
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
