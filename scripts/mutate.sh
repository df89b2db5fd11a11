#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make small mistakes in the code under test and see which go unnoticed: see --help.
exec "$(dirname -- "$(readlink -f -- "$0")")/mmt" mutate.sh "$@"
