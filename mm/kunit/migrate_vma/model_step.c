// SPDX-License-Identifier: GPL-2.0
/*
 * The steps. Each is taken in the kernel and in the model.
 */
#include <kunit/test.h>
#include <linux/highmem.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "../lib/migrate.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "model.h"

/* Reads or writes one word; returns whether that worked. */
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

bool model_step_read(struct model *model, const struct step *step)
{
	struct model_page *page = model_slot_page(model, step->mm, step->slot);
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

bool model_step_write(struct model *model, const struct step *step)
{
	int *slot = &model->slot[step->mm][step->slot];
	struct model_page *page = model_slot_page(model, step->mm, step->slot);
	bool may = model->writable[step->mm][step->slot];
	u32 word = ++model->stamp;

	if (!model_expect(model, access_word(model, step, &word) == may,
			  "write is %sserved", may ? "not " : ""))
		return false;
	if (!may)
		return true;

	if (!page) {
		*slot = model_page_new(model, IN_RAM, word);
		return true;
	}
	model_touch(page);
	if (page->exclusive || (page->maps == 1 && !page->pins)) {
		page->exclusive = true;
		page->stamp = word;
		return true;
	}
	page->maps--;
	*slot = model_page_new(model, IN_RAM, word);
	return true;
}

bool model_step_fork(struct model *model)
{
	unsigned int child, i;

	for (child = 1; child < NR_MMS && model->mm[child]; child++)
		;
	if (child == NR_MMS)
		return true;

	model->mm[child] = mmk_fork(model->test);
	for (i = 0; i < NR_SLOTS; i++) {
		struct model_page *page = model_slot_page(model, 0, i);

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

void model_child_exit(struct model *model, unsigned int child)
{
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		model_slot_drop(model, child, i);
	mmk_mm_put(model->test, model->mm[child]);
	model->mm[child] = NULL;
}

bool model_step_protect(struct model *model, const struct step *step)
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

bool model_step_unmap(struct model *model, const struct step *step)
{
	unsigned long addr = slot_addr(model, step->slot);
	unsigned long len = step->nr * PAGE_SIZE;
	unsigned int i;

	for (i = step->slot; i < step->slot + step->nr; i++) {
		model_slot_drop(model, 0, i);
		model->writable[0][i] = true;
	}
	return model_expect(model, !vm_munmap(addr, len), "munmap() fails") &&
	       model_expect(model,
			    vm_mmap(NULL, addr, len, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				    0) == addr, "mmap() fails");
}

bool model_step_discard(struct model *model, const struct step *step)
{
	unsigned int i;

	for (i = step->slot; i < step->slot + step->nr; i++)
		model_slot_drop(model, 0, i);
	return model_expect(model,
			    !do_madvise(current->mm,
					slot_addr(model, step->slot),
					step->nr * PAGE_SIZE, MADV_DONTNEED),
			    "MADV_DONTNEED fails");
}

static bool slot_is_offered(struct model *model, unsigned int mm,
			    unsigned int slot, enum place from)
{
	struct model_page *page = model_slot_page(model, mm, slot);

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
		struct model_page *page = model_slot_page(model, step->mm, slot);
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
		struct model_page *page = model_slot_page(model, step->mm, slot);
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
			model->slot[step->mm][slot] = model_page_new(model, step->to,
								     0);
	}
	return true;
}

/* Sets up a round for the part of the range that lies in one VMA. */
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

bool model_step_migrate(struct model *model, const struct step *step)
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

bool model_step_unload(struct model *model, const struct step *step)
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
	/* Now and then the device is unmapped, and mapped again. */
	if (ok && step->nr == 1 && !mmk_dev_nr_busy(dev)) {
		mmk_dev_unmap(dev);
		ok = model_expect(model, !mmk_dev_map(dev),
				  "memremap_pages() fails");
	}
	return ok;
}

bool model_step_pin(struct model *model, const struct step *step)
{
	struct model_page *page = model_slot_page(model, step->mm, step->slot);
	unsigned int i;

	for (i = 0; i < MAX_PINS && model->pinned[i].folio; i++)
		;
	/*
	 * With this reference, a fault on a device-private page would never
	 * end.
	 */
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

void model_unpin(struct model *model, unsigned int i)
{
	if (!model->pinned[i].folio)
		return;
	model->page[model->pinned[i].page].pins--;
	folio_put(model->pinned[i].folio);
	model->pinned[i].folio = NULL;
}
