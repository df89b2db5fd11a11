#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Build a kernel with the mm/kunit suites, boot it, judge it: see --help.
exec "$(dirname -- "$(readlink -f -- "$0")")/mmt" run.sh "$@"
