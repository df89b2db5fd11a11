# SPDX-License-Identifier: GPL-2.0
"""From a kernel source to a kernel binary: the source, the work tree, the build."""
