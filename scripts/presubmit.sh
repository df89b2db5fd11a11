#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Check a series of patches before it is sent: see --help.
# The work is done by tools/mmtestbed/cli/presubmit.py.

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 125
# shellcheck source=scripts/python.sh
. "$here/scripts/python.sh"
exec_module mmtestbed.cli.presubmit "$@"
