# SPDX-License-Identifier: GPL-2.0
"""One page to look at, made from the JSON of runs."""
