# SPDX-License-Identifier: GPL-2.0
"""The machine: processes, namespaces, confinement, packages, locks and the cache."""
