#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Put one bug after the other into the kernel and see the cases fail: see --help.
exec "$(dirname -- "$(readlink -f -- "$0")")/mmt" controls.sh "$@"
