/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of device-dax, for drivers to misuse
 */
#ifndef _MM_KUNIT_MIGRATE_VMA_DEVICE_H
#define _MM_KUNIT_MIGRATE_VMA_DEVICE_H

#include "../lib/device.h"

#define SELECT_SYSTEM	MIGRATE_VMA_SELECT_SYSTEM

struct page *mv_generic_page(struct mmk_dev *dev, unsigned int i);

#endif /* _MM_KUNIT_MIGRATE_VMA_DEVICE_H */
