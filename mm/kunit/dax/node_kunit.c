// SPDX-License-Identifier: GPL-2.0
/*
 * The nodes of a device-dax device: files that stand for it, and may outlive it.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "../../internal.h"
#include "../lib/guard.h"
#include "../lib/mm.h"
#include "dax_device.h"

#define DD_RW	(PROT_READ | PROT_WRITE)

KUNIT_ARRAY_PARAM_DESC(dd_size, dd_sizes, description);

static const struct dd_size_case *dd_size(struct kunit *test)
{
	return test->param_value;
}

/* Try to open a node, and close it again: the error. */
static int dd_try_open(struct dd_dev *dev, const char *name)
{
	struct file *file = dd_open_node(dev, name);

	if (IS_ERR(file))
		return PTR_ERR(file);
	dd_close_node(dev, file);
	return 0;
}

static void dd_iput(void *inode)
{
	iput(inode);
}

/**
 * node_outlives_its_device() - A device goes, and its node stays
 *
 * A process has opened, mapped and closed the device. The device goes; the node was made by
 * mknod(), and stays. Its mapping is its own, and not that of the device, which has been
 * freed. Nobody can open it: no device has its number any more.
 *
 * Contract: ZD-14
 */
static void node_outlives_its_device(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW);
	struct inode *node = file_inode(dev->file);

	ihold(node);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, dd_iput, node), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_ASSERT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	dd_close(dev);

	dd_destroy(dev);

	KUNIT_EXPECT_PTR_EQ(test, node->i_mapping, &node->i_data);
	/* Do not have the kernel look at what it has freed. */
	node->i_mapping = &node->i_data;
	KUNIT_EXPECT_EQ(test, dd_try_open(dev, dev->node), -ENXIO);
}

/**
 * device_without_a_driver_cannot_be_opened() - While somebody else has kept it open
 *
 * A process has opened and mapped the device. Its driver goes. Nobody can open it then, be it
 * by the same node or by another one. When the driver is back, both work, and what has
 * been opened newly can be mapped.
 *
 * Contract: ZD-14
 */
static void device_without_a_driver_cannot_be_opened(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	unsigned long addr = dd_map(dev, DD_RW);

	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);

	dd_unbind(dev);

	KUNIT_EXPECT_EQ(test, dd_try_open(dev, dev->node), -ENXIO);
	KUNIT_EXPECT_EQ(test, dd_try_open(dev, dev->other), -ENXIO);

	KUNIT_EXPECT_EQ(test, vm_munmap(addr, DD_SIZE), 0);
	dd_close(dev);
	KUNIT_ASSERT_TRUE(test, dd_bind(dev));
	KUNIT_EXPECT_EQ(test, dd_try_open(dev, dev->other), 0);
	dev->file = dd_open(dev);
	addr = dd_map(dev, DD_RW);
	KUNIT_EXPECT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_EXPECT_EQ(test, dd_uses(dd_folio(dev, 0)), 1);
}

/**
 * device_has_several_nodes() - The same device by two names
 *
 * A process has mapped the device by two nodes. Both show the same pages, which have one
 * reference for each mapping. The driver goes: all mappings of a page go with it, whichever
 * node they came by.
 *
 * Contract: ZD-14
 */
static void device_has_several_nodes(struct kunit *test)
{
	struct dd_dev *dev = dd_create(test, dd_size(test)->align);
	struct mm_struct *mm = mmk_mm_enter(test);
	struct file *file = dd_open_node(dev, dev->other);
	unsigned long addr, there;

	KUNIT_ASSERT_EQ(test, PTR_ERR_OR_ZERO(file), 0);
	KUNIT_EXPECT_PTR_NE(test, file_inode(file), file_inode(dev->file));
	addr = dd_map(dev, DD_RW);
	there = mmk_mmap(test, file, DD_SIZE, DD_RW, MAP_SHARED);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, addr, true), 0);
	KUNIT_ASSERT_EQ(test, mmk_fault_in(mm, there, true), 0);
	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, there),
			    dd_mapped(dev, mm, addr));
	KUNIT_EXPECT_EQ(test, dd_uses(dd_folio(dev, 0)), 2);

	dd_unbind(dev);

	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, addr), NULL);
	KUNIT_EXPECT_PTR_EQ(test, dd_mapped(dev, mm, there), NULL);
	KUNIT_EXPECT_EQ(test, get_mm_counter_sum(mm, MM_FILEPAGES), 0UL);
}

static struct kunit_case dax_node_cases[] = {
	KUNIT_CASE_PARAM(node_outlives_its_device, dd_size_gen_params),
	KUNIT_CASE_PARAM(device_without_a_driver_cannot_be_opened,
			 dd_size_gen_params),
	KUNIT_CASE_PARAM(device_has_several_nodes, dd_size_gen_params),
	{}
};

static struct kunit_suite dax_node_suite = {
	.name = "dax_node",
	.init = mmk_case_init,
	.test_cases = dax_node_cases,
};

kunit_test_suite(dax_node_suite);
