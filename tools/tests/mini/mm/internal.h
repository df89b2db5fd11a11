/* SPDX-License-Identifier: GPL-2.0 */
#define INTERNAL 0
