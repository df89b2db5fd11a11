#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test the project itself, and the kernel with it: see --help.
exec "$(dirname -- "$(readlink -f -- "$0")")/mmt" test.sh "$@"
