# SPDX-License-Identifier: GPL-2.0
"""mmt presubmit --b4: what b4 calls to check a patch.

b4 pipes each patch into a command.  Of b4 prep --check and b4 am --check, each line that the
command prints is a warning, or an error if it has "ERROR:"; silence is success.  b4 review
wants a JSON array of results.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Mapping, Sequence

from ..errors import Exit
from ..git import gitrepo
from ..host import lock, proc
from ..ui.console import Console, clean
from .presubmit_options import Options

# What the checks say, as b4 review has it.
_STATUS = {"fail": "fail", "warn": "warn"}
TOOL = "mm-testbed"


def lines(report: Mapping[str, Any]) -> list[str]:
    """What --check wants to read of the JSON @report of presubmit."""
    found = []
    for name, result in _results(report):
        if result["status"] in _STATUS:
            word = "ERROR" if result["status"] == "fail" else "WARNING"
            found.append(clean(f"{word}: {name}: {' '.join(str(result['line']).split())}"))
    return found


def results(report: Mapping[str, Any], text: str) -> list[dict[str, str]]:
    """What review wants to read of @report, of which @text is the summary."""
    words = {result["status"] for _, result in _results(report)}
    worst = "fail" if "fail" in words else "warn" if "warn" in words else "pass"
    return [{"tool": TOOL, "status": worst, "summary": text.strip().splitlines()[-1].strip(),
             "details": text}]


def _results(report: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [item for patch in report["patches"] for item in patch["checks"].items()] + \
        list(report["series"].items())


def run(wanted: Options, console: Console) -> int:
    """Check the patch on the standard input; the exit code.  Raises TestbedError.

    A patch that is a commit of the branch at hand is checked where it stands, any other on
    top of it (or of --base).
    """
    console.aside()
    mail = sys.stdin.buffer.read()
    with tempfile.TemporaryDirectory(prefix="mmtb-b4.") as name:
        folder = Path(name)
        commit = "" if wanted.base else gitrepo.Theirs(wanted.kdir).with_patch(mail)
        series = [f"{commit}^..{commit}"] if commit else \
            [*(["--base", wanted.base] if wanted.base else []), "-"]
        out, text = folder / "out.json", folder / "out.txt"
        # b4 takes all that is printed for a fault: what it is to hear stands in the files.
        done = proc.run([sys.executable, "-P", "-m", "mmtestbed.cli.mmt", "presubmit",
                         *_words(wanted), "--json", str(out), "--text", str(text), *series,
                         "--", *wanted.words], data=b"" if commit else mail)
        report = lock.read_json(out)
        if not isinstance(report, dict):
            return _broken(wanted, done)
        if wanted.b4 == "review":
            _say([json.dumps(results(report, text.read_text(encoding="utf-8")), indent=1)])
        else:
            _say(lines(report))
    return done.code


def _words(wanted: Options) -> list[str]:
    """The options that go to the presubmit which does it."""
    words = ["--kdir", str(wanted.kdir)]
    for case in wanted.case:
        words += ["--case", case]
    for check in sorted(wanted.leave_out):
        words += ["--without", check]
    return [*words, *([] if wanted.install else ["--no-install"])]


def _broken(wanted: Options, done: proc.Done) -> int:
    """Say why there is no result."""
    last = (done.output.strip().splitlines() or ["no message"])[-1]
    if wanted.b4 == "review":
        holds_none = "holds no patch" in last
        _say([json.dumps([] if holds_none else [
            {"tool": TOOL, "status": "fail", "summary": f"could not be checked: {clean(last)}"}])])
        return Exit.PASSED if holds_none else done.code
    _say([f"ERROR: could not be checked: {clean(last)}"])
    return done.code


def _say(texts: Sequence[str]) -> None:
    for text in texts:
        print(text)
