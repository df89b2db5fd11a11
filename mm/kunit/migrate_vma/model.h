/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of pages that move between system and device memory
 */
#ifndef _MM_KUNIT_MIGRATE_VMA_MODEL_H
#define _MM_KUNIT_MIGRATE_VMA_MODEL_H

#include <kunit/test.h>

#include "../lib/device.h"
#include "../lib/migrate.h"

#define NR_MMS		3
#define NR_SLOTS	8
#define MAX_PINS	4
/* One for each slot of each mm and for each pin, and a new one */
#define NR_PAGES	(NR_MMS * NR_SLOTS + MAX_PINS + 1)

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

extern const char * const model_place_names[NR_PLACES];

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
 * @STEP_PIN: a reference is taken on a page
 * @STEP_UNPIN: such a reference is dropped
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

/**
 * struct step - One step, which is valid in any state of the world
 * @kind: &enum step_kind
 * @mm: number of the mm
 * @slot: first page
 * @nr: how many pages, at least one
 * @from: &enum place that is selected, or is emptied
 * @to: &enum place to migrate to
 * @decline: bits of the pages for which the driver has no destination
 * @flag: STEP_PROTECT: writable; STEP_READ and STEP_WRITE: by user accesses
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
 * @maps: ptes that refer to it
 * @pins: other references
 * @place: where it is
 * @exclusive: it belongs to one mm only, which may write to it
 * @stamp: the word that was written to it last
 */
struct model_page {
	unsigned int maps;
	unsigned int pins;
	enum place place;
	bool exclusive;
	u32 stamp;
};

/* Contents of a slot that has no page of its own */
#define SLOT_NONE	-1
#define SLOT_ZERO	-2

/**
 * struct model - The world, and what is expected of it
 * @test: the case
 * @addr: where the slots are, in every mm
 * @mm: the parent and its children, NULL where there is none
 * @slot: for each mm, what is mapped: an index of @page, or SLOT_*
 * @writable: for each mm, whether the VMA is writable
 * @page: the pages
 * @dev: the devices, by place
 * @pinned: the folios that are pinned, and which of @page each is
 * @round: a round of migrate_vma_*()
 * @src: source pfns of a device that is emptied
 * @dst: destination pfns for @src
 * @stamp: the last word that was written
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

/* Only the first failure is kept. */
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

static inline unsigned long slot_addr(const struct model *model, unsigned int slot)
{
	return model->addr + slot * PAGE_SIZE;
}

/* The offset of the word that is written differs from slot to slot. */
static inline unsigned long stamp_addr(const struct model *model, unsigned int slot)
{
	return slot_addr(model, slot) + (slot * 584 + 8) % PAGE_SIZE;
}

int model_page_new(struct model *model, enum place place, u32 stamp);
struct model_page *model_slot_page(struct model *model, unsigned int mm,
				   unsigned int slot);
void model_slot_drop(struct model *model, unsigned int mm, unsigned int slot);

static inline bool is_private(enum place place)
{
	return place == IN_PRIVATE_A || place == IN_PRIVATE_B;
}

/* An access by the CPU brings a device-private page back. */
static inline void model_touch(struct model_page *page)
{
	if (is_private(page->place))
		page->place = IN_RAM;
}

bool model_step_read(struct model *model, const struct step *step);
bool model_step_write(struct model *model, const struct step *step);
bool model_step_fork(struct model *model);
void model_child_exit(struct model *model, unsigned int child);
bool model_step_protect(struct model *model, const struct step *step);
bool model_step_unmap(struct model *model, const struct step *step);
bool model_step_discard(struct model *model, const struct step *step);
bool model_step_migrate(struct model *model, const struct step *step);
bool model_step_unload(struct model *model, const struct step *step);
bool model_step_pin(struct model *model, const struct step *step);
void model_unpin(struct model *model, unsigned int i);
bool model_world_is_right(struct model *model);

#endif /* _MM_KUNIT_MIGRATE_VMA_MODEL_H */
