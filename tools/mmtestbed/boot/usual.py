# SPDX-License-Identifier: GPL-2.0
"""How cases run, as the user has asked for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..model.options import SEED, Options
from . import children, runner


def options(opts: Options, kernel: Path, folder: Path, **others: Any) -> runner.Options:
    """How to run cases in @kernel, with the boots' files in @folder.

    @others: fields of runner.Options that differ from the usual.
    """
    usual = runner.Options(
        kernel, folder, (*opts.config.args, *opts.kernel_args), opts.timeout,
        opts.jobs, spread=opts.jobs > 1, virtual=opts.virtual, cpu=opts.cpu,
        seed=SEED if opts.seed is None else opts.seed)
    if not opts.children and opts.seed is not None:
        usual = replace(usual, args=(*usual.args, *runner.seed_words(opts.seed)))
    found = replace(usual, **others)
    return replace(found, servers=children.at_a_time(found.jobs, found))
