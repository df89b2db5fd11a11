// SPDX-License-Identifier: GPL-2.0
#error "not built"
