#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test the project itself, and the kernel with it: see --help.
# The work is done by tools/mmtestbed/cli/selftest.py.

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 125
# shellcheck source=scripts/python.sh
. "$here/scripts/python.sh"
exec_module mmtestbed.cli.selftest "$@"
