# SPDX-License-Identifier: GPL-2.0
"""mmt run --pack and --kernel: a kernel that is built here and booted elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Optional

from ..errors import Exit
from ..host import deps
from ..kernel import build, pack
from ..kernel.workshop import Made
from ..model.options import Options
from ..result import verdict
from ..ui import output
from ..ui.console import Console

# Without them a report of the kernel has no names of functions and lines.
TOOLS = (deps.Tool("nm", "binutils", "names functions in reports", optional=True),)


def options(opts: Options, there: Optional[pack.Packed]) -> Options:
    """@opts for the kernel @there, which has been configured already."""
    if there is None:
        return opts
    config = there.config
    timeout = opts.own_timeout or opts.timeout * config.slow
    return replace(opts, line=there.line, config=config, wanted=config, timeout=timeout,
                   fixes=bool(there.facts["fixes"]))


def write(opts: Options, result: verdict.Run, made: Made, console: Console) -> int:
    """Write the kernel that was @made to where @opts want it; the exit code."""
    assert opts.pack
    told = pack.facts(result.version, result.line, result.variant, result.origin,
                      list(result.patches), list(result.taken), result.known, result.testbed,
                      opts.fixes)
    data = pack.data(told, made.kernel.path)
    output.write(opts.pack, data)
    console.line(f"packed Linux {result.version} {result.variant} into {opts.pack}, "
                 f"{len(data) / (1 << 20):.1f} MiB; elsewhere: mmt run --kernel "
                 f"{opts.pack.name}")
    return Exit.PASSED


def unpacked(there: pack.Packed, result: verdict.Run, folder: Path, console: Console) -> Made:
    """The kernel @there in @folder, and what is known of it in @result."""
    facts = there.facts
    kernel = there.kernel(folder)
    result.line, result.version = str(facts["line"]), str(facts["kernel_version"])
    result.variant, result.origin = str(facts["variant"]), str(facts["source"])
    result.patches, result.taken, result.known = facts["patches"], there.taken(), there.known()
    if result.testbed:
        # What it was made from, and when and where it is run.
        result.testbed.update({key: facts["testbed"][key] for key in
                               ("commit", "changed", "suites", "series", "inputs")
                               if key in facts["testbed"]})
    console.line(f"Linux {result.version} from {result.origin}, packed in {there.file}")
    state = folder / "state"
    state.mkdir()
    return Made(build.Kernel(kernel, build.sha256(kernel)), state)
