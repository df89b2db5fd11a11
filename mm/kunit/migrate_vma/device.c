// SPDX-License-Identifier: GPL-2.0
/*
 *
 */
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../../internal.h"
#include "../lib/device.h"
#include "device.h"

/* Pages of device-dax keep the reference that they are made with. */
struct page *mv_generic_page(struct mmk_dev *dev, unsigned int i)
{
	struct page *page = mmk_dev_page(dev, i);

	get_page(page);
	lock_page(page);
	return page;
}
