// SPDX-License-Identifier: GPL-2.0
/* The page faults of a machine that this kernel is not for. */
#error "not built"
