#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which functions of the object code does each control change?

    tools/tests/objects.py [--sample N --seed N] [--json FILE] [-- options of controls]

Each semantic patch is applied alone to the source of the kernel (--line, --kdir), the
files that it changes are compiled with the kernel's own command, and the disassembly of
each function is compared with that of the file as it was.  A control should change the
functions that it names and no other.  What the compiler does from one function to the
next (inlining, cloning, knowledge of registers) is turned off for both.

The commands come from the tree, and are run as they are: use it on trees that you trust.
A compilation each takes some seconds: no part of the unit tests.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Optional, Sequence

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))

from mmtestbed.cli import control_options  # noqa: E402
from mmtestbed.cli.session import Ground, Session  # noqa: E402
from mmtestbed.errors import TestbedError  # noqa: E402
from mmtestbed.kernel import cocci, offshoots  # noqa: E402
from mmtestbed.kernel.workshop import Workshop  # noqa: E402
from mmtestbed.model.repository import CONTROLS  # noqa: E402
from mmtestbed.proof import controls  # noqa: E402
from mmtestbed.proof.bare import Bare  # noqa: E402
from mmtestbed.ui.console import Console  # noqa: E402

# What carries a change of one function into the code of another.
APART = ("-fno-inline-small-functions", "-fno-inline-functions-called-once",
         "-fno-ipa-sra", "-fno-ipa-cp", "-fno-ipa-icf", "-fno-reorder-functions",
         "-fno-partial-inlining", "-fno-ipa-ra", "-fno-ipa-pure-const",
         "-fno-ipa-modref", "-fno-ipa-vrp", "-fno-ipa-bit-cp", "-fno-section-anchors",
         # The size of one function has no say in what is inlined into others.
         "--param=inline-unit-growth=100000", "--param=large-unit-insns=10000000",
         "-fno-ipa-profile", "-fno-guess-branch-probability", "-fno-ipa-reference")


def functions(obj: Path) -> dict[str, list[str]]:
    """The instructions of each function of @obj, without addresses."""
    text = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", "--no-addresses", obj],
                          capture_output=True, text=True, check=True).stdout
    found: dict[str, list[str]] = {}
    lines: Optional[list[str]] = None
    for line in map(str.strip, text.splitlines()):
        if match := re.match(r"<([^>]+)>:$", line):
            # Parts and clones of a function count as the function.
            lines = found.setdefault(match.group(1).split(".")[0], [])
        elif lines is not None and line and not re.match(r"(data16 |cs )*nop|xchg +%ax,%ax",
                                                         line):
            line = re.sub(r"\b[0-9a-f]+ <([^+>]+)[^>]*>", r"<\1>", line)
            line = re.sub(r"(R_X86_64_\w+)\s+(\S+?)([-+]0x[0-9a-f]+)?$", r"\1 \2", line)
            lines.append(re.sub(r"<([^+>]+)\+0x[0-9a-f]+>", r"<\1>", line))
    return found


def contents(changes: Sequence[cocci.Change], tree: Path) -> dict[str, bytes]:
    """The files of @tree as @changes leave them, where what follows keeps its line
    numbers: a WARN() has its own in its code."""
    files: dict[str, bytes] = {}
    for file in {change.file for change in changes}:
        text = (tree / file).read_text(encoding="utf-8", errors="surrogateescape")
        for change in sorted((one for one in changes if one.file == file),
                             key=lambda one: -one.start):
            end = change.start + len(change.old)
            following = text.count("\n", 0, end) + 2
            text = f"{text[:change.start]}{change.new}\n#line {following}{text[end:]}"
        files[file] = text.encode("utf-8", "surrogateescape")
    return files


class Compiler:
    """Compiles files of @off, as its own build did.  @scratch: for an object."""

    def __init__(self, off: offshoots.Offshoot, scratch: Path) -> None:
        self._off = off
        self._scratch = scratch
        self._plain: dict[tuple[str, bool], dict[str, list[str]]] = {}

    def changed(self, file: str, content: bytes, inline: bool) -> set[str]:
        """The functions of @file that differ with @content, @inline: with inlining.

        Not those that are gone since nobody calls them.  Raises TestbedError.
        """
        if not (self._off.build / file).with_suffix(".o").exists():
            raise TestbedError(f"{file} is not built here")
        if (file, inline) not in self._plain:
            self._plain[file, inline] = self._compiled(file, inline)
        path = self._off.src / file
        old = path.read_bytes()
        self._put(path, content)
        try:
            now = self._compiled(file, inline)
        finally:
            self._put(path, old)
        plain = self._plain[file, inline]
        return {name for name, code in now.items() if code != plain.get(name)}

    @staticmethod
    def _put(path: Path, content: bytes) -> None:
        path.with_suffix(".new").write_bytes(content)
        os.replace(path.with_suffix(".new"), path)

    def _compiled(self, file: str, inline: bool) -> dict[str, list[str]]:
        folder, name = os.path.split(file[:-2] + ".o")
        obj = self._scratch / "one.o"
        command = (self._off.build / folder / f".{name}.cmd").read_text(
            encoding="utf-8").splitlines()[0].split(":= ", 1)[1].split(" ; ")[0]
        more = " ".join([*APART, *([] if inline else ["-fno-inline"]), "-c"])
        command = command.replace(f" -o {folder}/{name}", f" -o {obj}").replace(
            " -c ", f" {more} ", 1).replace("ccache ", "", 1)
        done = subprocess.run(["sh", "-c", command], cwd=self._off.build,
                              capture_output=True, text=True, check=False)
        if done.returncode:
            first = next((line for line in done.stderr.splitlines() if "error" in line),
                         done.stderr.strip()[:200])
            raise TestbedError(f"{file} does not compile: {first}")
        return functions(obj)


class Job:
    """The comparison, for @args."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._console = Console()
        self._wanted = control_options.parse(args.options)
        self._shop = Workshop(self._wanted.run, self._console)
        self._bare = Bare(self._shop, self._console, {}, "controls")

    def prepare(self) -> Path:
        """See Job of session."""
        return self._shop.prepare()

    def broken(self, err: TestbedError) -> int:
        """See Job of session."""
        self._console.error(err)
        return 1

    def stopped(self) -> None:
        """See Job of session."""

    def work(self, ground: Ground) -> int:
        """See Job of session."""
        with self._shop.opened(ground.isolation, ground.folder):
            origin = self._bare.source()
            with self._bare.built(origin, 1) as (base, _):
                offshoots.own_mounts()
                with offshoots.opened(base, ground.folder / "objects") as off:
                    compiler = Compiler(off, ground.folder)
                    rows = {control.name: self._row(control, off, compiler)
                            for control in self._chosen()}
        return self._told(rows, origin.version)

    def _chosen(self) -> list[controls.Control]:
        found = [control for control in controls.read(CONTROLS)
                 if control.is_for(self._wanted.line.name, self._wanted.config.name)
                 and control.rule
                 and any(fnmatch.fnmatchcase(control.name, glob)
                         for glob in self._wanted.select or "*")]
        if self._args.sample:
            found = random.Random(self._args.seed).sample(
                found, min(self._args.sample, len(found)))
        return found

    def _row(self, control: controls.Control, off: offshoots.Offshoot,
             compiler: Compiler) -> dict[str, Any]:
        """What becomes of @control: a word, the functions it names and changes."""
        assert control.rule is not None
        if any(file.endswith(".h") for file in control.files):
            return self._noted(control, "header")
        try:
            changes = cocci.apply(control.rule, off.src, off.scratch,
                                  self._shop.cache / "cocci")
        except TestbedError as err:
            return self._noted(control, "miss", why=err.message)
        named = sorted({change.function for change in changes})
        try:
            changed: set[str] = set()
            for file, content in contents(changes, off.src).items():
                found = compiler.changed(file, content, True)
                if not found <= set(named):
                    # What is inlined may depend on the size of a function.
                    found = compiler.changed(file, content, False)
                changed |= found
        except TestbedError as err:
            return self._noted(control, "not compiled", why=err.message)
        if not changed:
            return self._noted(control, "no change", named=named)
        word = "named only" if changed <= set(named) or named == [""] else "others too"
        return self._noted(control, word, named=named, changed=sorted(changed))

    def _noted(self, control: controls.Control, word: str, **more: Any) -> dict[str, Any]:
        detail = more.get("why") or " ".join(
            sorted(set(more.get("changed", ())) - set(more.get("named", ()))))
        print(f"{control.name}: {word}{': ' if detail else ''}{detail}", flush=True)
        return {"outcome": word, **more}

    def _told(self, rows: dict[str, dict[str, Any]], version: str) -> int:
        counts = Counter(row["outcome"] for row in rows.values())
        print(f"Linux {version}: {len(rows)} controls"
              + (f" drawn by seed {self._args.seed}" if self._args.sample else "") + ": "
              + ", ".join(f"{many} {word}" for word, many in counts.most_common()))
        if self._args.json:
            self._args.json.write_text(json.dumps(
                {"kernel_version": version, "seed": self._args.seed, "controls": rows},
                indent=1) + "\n", encoding="utf-8")
        return 0


def main(argv: Sequence[str]) -> int:
    """Do what @argv says; the exit code."""
    parser = argparse.ArgumentParser(usage=(__doc__ or "").split("\n\n")[1].strip())
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("options", nargs="*")
    args = parser.parse_args(argv)
    return Session(Job(args), Console()).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
