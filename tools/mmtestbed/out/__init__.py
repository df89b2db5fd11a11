# SPDX-License-Identifier: GPL-2.0
"""What a run is summed up as, for people and for programs."""
