#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Find the first commit at which a case fails: see --help.
exec "$(dirname -- "$(readlink -f -- "$0")")/mmt" bisect.sh "$@"
