#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What mm-testbed asks of the kernel's kunit.py, for a fake tree: config, build, exec."""

from __future__ import annotations

import argparse
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Optional


def configure(args: argparse.Namespace) -> bool:
    """Write .config from the fragments; False if the tree cannot have one of them."""
    wanted: dict[str, str] = {}
    for name in args.kunitconfig:
        wanted.update(entries(Path(name).read_text(encoding="utf-8")))
    wanted.update(entries("\n".join(args.kconfig_add)))
    build = Path(args.build_dir)
    build.mkdir(parents=True, exist_ok=True)
    config = build / ".config"
    text = config.read_text(encoding="utf-8") if config.exists() else ""
    if any(line not in text.splitlines() for line in wanted.values()
           if not line.startswith("#")):
        print("Generating .config ...", flush=True)
        config.write_text("\n".join(wanted.values()) + "\n", encoding="utf-8")
        if not make(args, "olddefconfig"):
            return False
    have = config.read_text(encoding="utf-8").splitlines()
    missing = [line for line in wanted.values()
               if not line.startswith("#") and line not in have]
    if missing:
        logging.error("Not all Kconfig options selected in kunitconfig were in the "
                      "generated .config.\nThis is probably due to unsatisfied "
                      "dependencies.\nMissing: %s", ", ".join(missing))
    return not missing


def entries(text: str) -> dict[str, str]:
    """The lines of @text that set a symbol, by symbol."""
    return {match.group(1): match.group(0) for match in re.finditer(
        r"^(?:# )?(CONFIG_\w+)(?:=\S+| is not set)$", text, re.MULTILINE)}


def make(args: argparse.Namespace, *targets: str) -> bool:
    """Run make."""
    words = ["make", *targets, "ARCH=um", f"O={args.build_dir}", f"--jobs={args.jobs}",
             *args.make_options]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if done.returncode:
        logging.error("%s", done.stdout)
    else:
        print(done.stdout, end="")
    return done.returncode == 0


def execute(args: argparse.Namespace) -> bool:
    """Run the kernel; True if it says that all is well."""
    words = [str(Path(args.build_dir) / "linux"), "kunit.enable=1", "console=tty",
             "kunit_shutdown=halt"]
    if args.filter_glob:
        words.append(f"kunit.filter_glob={args.filter_glob}")
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    print(done.stdout, end="")
    plan = re.search(r"^(?:\[[ .\d]+\] )?1\.\.(\d+)$", done.stdout, re.MULTILINE)
    results = re.findall(r"^(?:\[[ .\d]+\] )?(not ok|ok) \d+", done.stdout, re.MULTILINE)
    return bool(plan) and results == ["ok"] * int(plan.group(1) if plan else 0)


def main(argv: Optional[list[str]] = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="kunit.py")
    parsers = parser.add_subparsers(dest="command", required=True)
    for name in ("config", "build", "exec"):
        sub = parsers.add_parser(name, prog="kunit.py " + name)
        sub.add_argument("--build_dir", default=".kunit")
        sub.add_argument("--kunitconfig", action="append", default=[])
        sub.add_argument("--kconfig_add", action="append", default=[])
        sub.add_argument("--make_options", action="append", default=[])
        sub.add_argument("--jobs", type=int, default=1)
        if name == "exec":
            sub.add_argument("filter_glob", nargs="?", default="")
    args = parser.parse_args(argv)
    if args.command == "exec":
        return 0 if execute(args) else 1
    if not configure(args):
        return 1
    return 0 if args.command == "config" or make(args, "all") else 1


if __name__ == "__main__":
    sys.exit(main())
