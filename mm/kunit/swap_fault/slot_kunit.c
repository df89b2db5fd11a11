// SPDX-License-Identifier: GPL-2.0
/*
 * A slot of a swap area: what is in it, and who uses it. Expected is what
 * Documentation/admin-guide/mm/concepts.rst says of anonymous memory: whatever
 * is done to make room, what has been written last is what is read.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include <linux/uaccess.h>

#include "../../internal.h"
#include "../../swap.h"
#include "../compat/file.h"
#include "../compat/leaf.h"
#include "../compat/swap.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "../lib/pte.h"
#include "../lib/snapshot.h"
#include "../lib/swap.h"
#include "../lib/task.h"
#include "swapped.h"

/* In place of a byte's number: all bytes are zero */
#define ALL_ZERO	-1

/* Or each byte has another value */
#define ALL_SET		-2

/**
 * struct bytes_case - What is written to one slot
 * @description: for the KTAP line
 * @first: number of the only byte that is not zero, or ALL_ZERO, or ALL_SET
 * @second: the same, of what is written afterwards
 */
struct bytes_case {
	const char *description;
	int first;
	int second;
};

static const struct bytes_case bytes_cases[] = {
	{ "bytes, then others", ALL_SET, 7 },
	{ "bytes, then zeroes", ALL_SET, ALL_ZERO },
	{ "zeroes, then bytes", ALL_ZERO, ALL_SET },
	{ "zeroes, then zeroes", ALL_ZERO, ALL_ZERO },
	{ "zeroes, then the first byte", ALL_ZERO, 0 },
	{ "zeroes, then a byte in the middle", ALL_ZERO, PAGE_SIZE / 2 + 1 },
	{ "zeroes, then the last byte", ALL_ZERO, PAGE_SIZE - 1 },
	{ "the first byte, then the last", 0, PAGE_SIZE - 1 },
	{ "a byte of the last word, then zeroes", PAGE_SIZE - 8, ALL_ZERO },
};

KUNIT_ARRAY_PARAM_DESC(bytes, bytes_cases, description);

static void write_bytes(struct kunit *test, unsigned long addr, int what)
{
	if (what == ALL_SET) {
		mmk_fill(test, addr, 1, SEED);
		return;
	}
	KUNIT_ASSERT_EQ(test, clear_user((void __user *)addr, PAGE_SIZE), 0UL);
	if (what >= 0)
		KUNIT_ASSERT_EQ(test, put_user(0xff, (u8 __user *)addr + what),
				0);
}

static void expect_bytes(struct kunit *test, unsigned long addr, int what)
{
	unsigned int i, wrong = 0;
	u8 byte;

	if (what == ALL_SET) {
		MMK_EXPECT_HOLDS(test, addr, 1, SEED);
		return;
	}
	for (i = 0; i < PAGE_SIZE; i++) {
		KUNIT_ASSERT_EQ(test, get_user(byte, (u8 __user *)addr + i), 0);
		wrong += byte != (what == (int)i ? 0xff : 0);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

/* Whether a page that is read stays in the swap cache */
static void area_is_slow(bool slow)
{
	/* There is only this area. */
	struct swap_info_struct *si = __swap_entry_to_info(swp_entry(0, 1));

	spin_lock(&si->lock);
	if (slow)
		si->flags &= ~SWP_SYNCHRONOUS_IO;
	else
		si->flags |= SWP_SYNCHRONOUS_IO;
	spin_unlock(&si->lock);
}

/**
 * slot_has_what_was_written_last() - Pages of zeroes are not written
 *
 * A page is swapped out, comes back, is written to while it is still in the swap
 * cache, and goes out to the same slot. Both times the same bytes come back,
 * whether or not they are all zero.
 *
 * Contract: SF-11
 */
static void slot_has_what_was_written_last(struct kunit *test)
{
	const struct bytes_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	pte_t before;

	mmk_swap_on_watched(test, false);
	write_bytes(test, addr, c->first);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	before = mmk_pte(mm, addr);
	mmk_scrub_free_pages();
	area_is_slow(true);
	expect_bytes(test, addr, c->first);
	KUNIT_ASSERT_TRUE(test, folio_test_swapcache(mmk_pte_folio(test, mm,
								   addr)));

	area_is_slow(false);
	/* UML's copy_to_user() alone would leave the pte clean. */
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	write_bytes(test, addr, c->second);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_EXPECT_EQ(test, softleaf_from_pte(mmk_pte(mm, addr)).val,
			softleaf_from_pte(before).val);
	mmk_scrub_free_pages();
	expect_bytes(test, addr, c->second);
}

/* More than fit the byte that counts the users of a slot */
#define NR_CHILDREN	70

/**
 * slot_is_free_when_the_last_user_has_gone() - However many there have been
 *
 * Many children have the swap entry. One after the other goes, and the slot is
 * in use until the last has gone: it reads what was written.
 *
 * Contract: SF-11
 */
static void slot_is_free_when_the_last_user_has_gone(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = mmk_map_anon(test, 1);
	struct mm_struct **child;
	unsigned int i;

	child = kunit_kcalloc(test, NR_CHILDREN, sizeof(*child), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, child);
	mmk_swap_on_watched(test, false);
	mmk_fill(test, addr, 1, SEED);
	KUNIT_ASSERT_EQ(test, mmk_pageout(addr, PAGE_SIZE), 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	for (i = 0; i < NR_CHILDREN; i++)
		child[i] = mmk_fork(test);
	for (i = 0; i < NR_CHILDREN; i++)
		MMK_EXPECT_PTE(test, child[i], addr, SWAP);
	mmk_scrub_free_pages();
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 1L);
	for (i = 1; i < NR_CHILDREN; i++)
		mmk_mm_put(test, child[i]);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 1L);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	KUNIT_EXPECT_EQ(test, vm_munmap(addr, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 1L);
	MMK_EXPECT_MM_HOLDS(test, child[0], addr, 1, SEED);
	mmk_mm_put(test, child[0]);
	KUNIT_EXPECT_EQ(test, mmk_swap_slots_used(), 0L);
}

/* The RAM disk of a second area */
#define OTHER_AREA	1

/* Pages of which every other one is in the second area */
#define NR_MIXED	8

static softleaf_t page_out(struct kunit *test, struct mm_struct *mm,
			   unsigned long addr)
{
	int err = mmk_pageout(addr, PAGE_SIZE);

	KUNIT_EXPECT_EQ(test, err, 0);
	MMK_EXPECT_PTE(test, mm, addr, SWAP);
	return softleaf_from_pte(mmk_pte(mm, addr));
}

/**
 * page_is_read_from_its_own_area() - Two areas, and one advice
 *
 * Every other page of a range is in another area, in the slot with the next
 * number, as if its place on the disk were right behind. All are read ahead at
 * once. Each has its own bytes.
 *
 * Contract: SF-11
 */
static void page_is_read_from_its_own_area(struct kunit *test)
{
	struct mm_struct *mm = mmk_mm_enter(test);
	struct swap_info_struct *si;
	struct mmk_swap *other;
	unsigned long addr, spare;
	softleaf_t entry[NR_MIXED];
	unsigned int i, next = 0;

	mmk_swap_on(test);
	si = __swap_entry_to_info(swp_entry(0, 1));
	other = mmk_swap_alloc(test, OTHER_AREA);
	addr = mmk_map_anon(test, NR_MIXED);
	/* Not to be merged with the others */
	mmk_mmap(test, NULL, PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
	spare = mmk_map_anon(test, 1);
	mmk_fill(test, addr, NR_MIXED, SEED);
	mmk_fill(test, spare, 1, SEED + 1);
	for (i = 0; i < NR_MIXED; i += 2)
		entry[i] = page_out(test, mm, addr + i * PAGE_SIZE);
	KUNIT_ASSERT_EQ(test, mmk_swap_try_prefer(other), 0L);
	mmk_swap_slots_drain();
	/* 7.x would use the area that this CPU used last. */
	spin_lock(&si->lock);
	si->flags &= ~SWP_WRITEOK;
	spin_unlock(&si->lock);
	page_out(test, mm, spare);
	for (i = 1; i < NR_MIXED; i += 2)
		entry[i] = page_out(test, mm, addr + i * PAGE_SIZE);
	spin_lock(&si->lock);
	si->flags |= SWP_WRITEOK;
	spin_unlock(&si->lock);
	for (i = 1; i < NR_MIXED; i++) {
		KUNIT_EXPECT_NE(test, (int)swp_type(entry[i]),
				(int)swp_type(entry[i - 1]));
		next += swp_offset(entry[i]) == swp_offset(entry[i - 1]) + 1;
	}
	if (!next)
		kunit_info(test, "no slot comes next to that before");
	mmk_scrub_free_pages();
	KUNIT_EXPECT_EQ(test, do_madvise(mm, addr, NR_MIXED * PAGE_SIZE,
					 MADV_WILLNEED), 0);
	MMK_EXPECT_HOLDS(test, addr, NR_MIXED, SEED);
	MMK_EXPECT_HOLDS(test, spare, 1, SEED + 1);
}

/**
 * struct header_case - A swap area with a bad header
 * @description: for the KTAP line
 * @offset: of what is wrong, in bytes
 * @value: what is there
 */
struct header_case {
	const char *description;
	size_t offset;
	u32 value;
};

static const struct header_case header_cases[] = {
	{ "no signature", offsetof(union swap_header, magic.magic), 0 },
	{ "unknown version", offsetof(union swap_header, info.version), 7 },
	{ "no pages", offsetof(union swap_header, info.last_page), 0 },
	{ "too many bad pages",
	  offsetof(union swap_header, info.nr_badpages), 1 << 20 },
	{ "the header is a bad page",
	  offsetof(union swap_header, info.nr_badpages), 1 },
};

KUNIT_ARRAY_PARAM_DESC(header, header_cases, description);

static int spoil_header(const char *name, const struct header_case *c)
{
	loff_t pos = c->offset;
	struct file *file;
	ssize_t ret = -EIO;

	scoped_with_init_fs() {
		file = filp_open(name, O_RDWR | O_LARGEFILE, 0);
		if (!IS_ERR(file)) {
			ret = kernel_write(file, &c->value, sizeof(c->value),
					   &pos);
			if (ret > 0)
				ret = vfs_fsync(file, 0);
			filp_close(file, NULL);
		}
	}
	return ret;
}

/**
 * area_with_a_bad_header_is_refused() - swapon, -EINVAL
 *
 * Nothing is left behind: no slots, and nobody has the disk. With a header that
 * is right, the same disk can be turned on, used, and turned off.
 *
 * Contract: SF-11
 */
static void area_with_a_bad_header_is_refused(struct kunit *test)
{
	const struct header_case *c = test->param_value;
	struct mm_struct *mm = mmk_mm_enter(test);
	struct mmk_swap *swap = mmk_swap_alloc(test, OTHER_AREA);
	unsigned long addr = mmk_map_anon(test, 1);
	unsigned int i;
	char name[16];

	KUNIT_ASSERT_EQ(test, copy_from_user(name, (void __user *)swap->path,
					     sizeof(name)), 0UL);
	KUNIT_ASSERT_EQ(test, spoil_header(name, c), 0);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, mmk_swap_try_on(swap), -EINVAL);
		/* A kernel thread leaves this to a work queue. */
		flush_delayed_fput();
	}
	KUNIT_EXPECT_EQ(test, total_swap_pages, 0L);
	KUNIT_ASSERT_EQ(test, mmk_swap_format(OTHER_AREA), 0);
	KUNIT_ASSERT_EQ(test, mmk_swap_try_on(swap), 0L);
	mmk_fill(test, addr, 1, SEED);
	page_out(test, mm, addr);
	mmk_scrub_free_pages();
	MMK_EXPECT_HOLDS(test, addr, 1, SEED);
	KUNIT_EXPECT_TRUE(test, mmk_swapoff(test, swap));
}

/* What a RAM disk once takes it keeps: not in a case, which has to leak nothing. */
static int slot_suite_init(struct kunit_suite *suite)
{
	return mmk_swap_format(OTHER_AREA);
}

static struct kunit_case swap_fault_slot_cases[] = {
	KUNIT_CASE_PARAM(slot_has_what_was_written_last, bytes_gen_params),
	KUNIT_CASE(slot_is_free_when_the_last_user_has_gone),
	KUNIT_CASE(page_is_read_from_its_own_area),
	KUNIT_CASE_PARAM(area_with_a_bad_header_is_refused, header_gen_params),
	{}
};

static struct kunit_suite swap_fault_slot_suite = {
	.name = "swap_fault_slot",
	.suite_init = slot_suite_init,
	.init = mmk_case_init,
	.test_cases = swap_fault_slot_cases,
};

kunit_test_suite(swap_fault_slot_suite);
