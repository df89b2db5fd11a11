#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make small mistakes in the code under test and see which go unnoticed: see --help.
# The work is done by tools/mmtestbed/cli/mutate_run.py.

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 125
# shellcheck source=scripts/python.sh
. "$here/scripts/python.sh"
exec_module mmtestbed.cli.mutate_run "$@"
