#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Check a series of patches before it is sent: see --help.
exec "$(dirname -- "$(readlink -f -- "$0")")/mmt" presubmit.sh "$@"
