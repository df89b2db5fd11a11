#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Break the tools on purpose, and see that the tests of the whole commands turn red.

    tools/tests/breakages.py [PATTERN]...

Each entry of TABLE is one mistake in one file, and the tests that it has to turn red.
They run in a copy of the repository; what stays green is printed, and so is an entry
whose text the file no longer has.  Without PATTERN, which is part of a test's name, it
takes half an hour: no part of the tests themselves.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
_PARTS = ("scripts", "tools", "mm", "patches", "Documentation", ".kunitconfig", ".ci",
          "README.rst")
# A test that takes longer, in seconds, does not count.
_PATIENCE = 180


@dataclass(frozen=True)
class Breakage:
    """One mistake.

    @tests: those that notice, separated by blanks, below tests.e2e.
    @file: where it is, below tools/mmtestbed.
    @old, @new: what is replaced by what.
    @what: what is wrong then, in a few words.
    """

    tests: str
    file: str
    old: str
    new: str
    what: str

    @property
    def path(self) -> str:
        """The file, below the top of the repository."""
        return f"tools/mmtestbed/{self.file}"


# A name for each, so that the lines stay short.
B = Breakage
TABLE = (
    B("test_bad_input.Broken.test_broken_is_in_the_json",
      "cli/run.py",
      "self._report.error = err.message",
      "self._report.error = ''",
      "the JSON does not say why"),
    B("test_bad_input.Broken.test_compile_error",
      "kernel/build.py",
      "done = self._make(\"building the variant\", self._configured, None)\n"
      "        if done.code != 0:",
      "done = self._make(\"building the variant\", self._configured, None)\n"
      "        if done.code < 0:",
      "a variant that does not build is booted"),
    B("test_kdir.Kdir.test_2_compile_error test_bisect.Step.test_does_not_build",
      "kernel/build.py",
      "        if done.code != 0:\n"
      "            self._console.abandon()\n"
      "            lock.write_json",
      "        if done.code < 0:\n"
      "            self._console.abandon()\n"
      "            lock.write_json",
      "a kernel that does not build is booted"),
    B("test_bad_input.Broken.test_option_that_the_tree_lacks",
      "kernel/build.py",
      "f\"--jobs={plan.jobs}\", *plan.options]",
      "f\"--jobs={plan.jobs}\"]",
      "what follows -- is dropped"),
    B("test_bad_input.Broken.test_patch_does_not_apply",
      "kernel/series.py",
      "hunk = f\"hunk #{match.group(1)} at line {match.group(2)} of {file}\"",
      "hunk = \"somewhere\"",
      "the hunk is not named"),
    B("test_bad_input.Machine.test_disk_full",
      "cli/run.py",
      "if err.errno in (errno.ENOSPC, errno.EDQUOT):",
      "if False:",
      "a full disk is not told from an error"),
    B("test_bad_input.Machine.test_line_that_cannot_be_had",
      "kernel/source.py",
      "raise Unavailable(err.message, err.details) from None",
      "raise",
      "a line that cannot be had is an error"),
    B("test_bad_input.Machine.test_missing_gcovr "
      "test_bad_input.Machine.test_missing_tool_elsewhere",
      "host/deps.py",
      "console.note(f\"missing: {_list(absent)}; going on",
      "str(f\"missing: {_list(absent)}; going on",
      "what is missing is not listed"),
    B("test_bad_input.Machine.test_no_network",
      "host/deps.py",
      "f\"network and run by hand: {by_hand}\", [reason])",
      "\"\", [reason])",
      "no hint at the network"),
    B("test_bad_input.Machine.test_no_overlay "
      "test_bad_input.OrdinaryUser.test_tree_of_root",
      "cli/run.py",
      "self._console.note(f\"{err}; working on a copy instead\")",
      "raise",
      "no copy where an overlay is refused"),
    B("test_bad_input.Machine.test_two_runs_at_once",
      "host/lock.py",
      "fcntl.flock(file, mode | fcntl.LOCK_NB)",
      "pass",
      "two runs build in one place"),
    B("test_bad_input.OrdinaryUser.test_run",
      "kernel/tree.py",
      "if path.stat().st_uid != os.geteuid():",
      "if os.geteuid() != 0:",
      "only root may have a cache"),
    B("test_bad_input.OrdinaryUser.test_tree_that_cannot_be_read",
      "cli/run.py",
      "{err.filename or 'the host'}",
      "the host",
      "the file is not named"),
    B("test_bad_input.Usage.test_build_dir",
      "kernel/build.py",
      "raise UsageError(f\"--build-dir {folder} holds other files",
      "str(f\"--build-dir {folder} holds other files",
      "files of the user are built over"),
    B("test_bad_input.Usage.test_cache_in_the_tree",
      "kernel/tree.py",
      "if cache.resolve().is_relative_to(top):",
      "if False:",
      "a cache in KDIR is taken"),
    B("test_bad_input.Usage.test_filter_without_a_match "
      "test_bad_input.Usage.test_kdir test_bad_input.Usage.test_options "
      "test_bad_input.Usage.test_variants "
      "test_bad_input.Usage.test_kunit_py_refuses "
      "test_bisect.Ways.test_wrong_usage "
      "test_presubmit.Presubmit.test_wrong_usage "
      "test_controls.Controls.test_no_control_matches",
      "errors.py",
      "code = Exit.USAGE",
      "code = Exit.FAILED",
      "wrong usage has the exit code of a red case"),
    B("test_bad_input.Usage.test_json_on_the_standard_output",
      "out/console.py",
      "if wanted and self._out is sys.stdout:",
      "if False:",
      "the progress is mixed with the report"),
    B("test_bad_input.Usage.test_limit_of_the_cache",
      "host/prune.py",
      "most = limit()",
      "most = MOST * _GIB",
      "nobody looks at MMTB_CACHE_MAX"),
    B("test_bad_input.Usage.test_nobody_reads",
      "out/console.py",
      "raise Interrupted(signal.SIGPIPE) from None",
      "pass",
      "a run that nobody reads goes on"),
    B("test_bad_input.Usage.test_where_reports_go",
      "out/output.py",
      "elif mode is not None and not stat.S_ISREG(mode):",
      "elif False:",
      "a device is replaced by a file"),
    B("test_bisect.Histories.test_me test_bisect.Histories.test_mw "
      "test_bisect.Histories.test_mv test_bisect.Histories.test_zd "
      "test_bisect.Histories.test_sf test_bisect.Mainline.test_7x",
      "cli/bisect.py",
      "if found.bad:\n"
      "            step.verdict = BAD",
      "if found.bad:\n"
      "            step.verdict = GOOD",
      "bad commits count as good"),
    B("test_bisect.Ways.test_flaky",
      "history/evidence.py",
      "return 2 * self.failed > self.boots",
      "return self.failed > 0",
      "one bad boot is believed"),
    B("test_bisect.Ways.test_interrupted",
      "history/bisection.py",
      "            self._done()\n",
      "",
      "steps are not kept"),
    B("test_bisect.Ways.test_no_mounts test_presubmit.Presubmit.test_no_mounts",
      "cli/run.py",
      "self._console.note(\"no private mounts on this machine; working on a copy\")",
      "raise TestbedError(\"no mounts\")",
      "no copy where mounts are refused"),
    B("test_bisect.Ways.test_patches_that_are_upstream",
      "kernel/series.py",
      "result.notes.append(f\"{patch.name} is in this tree already\")",
      "raise TestbedError(\"it is in already\")",
      "a patch that is upstream does not apply"),
    B("test_bisect.Ways.test_only_a_range",
      "history/bisection.py",
      "return Conclusion(None, tuple(_ID.findall(done.output)))",
      "return Conclusion(None)",
      "the candidates are not named"),
    B("test_bisect.Ways.test_bad_is_not_bad",
      "cli/bisect.py",
      "if step.verdict == GOOD:\n"
      "                raise",
      "if False:\n"
      "                raise",
      "a BAD that passes is bisected"),
    B("test_bisect.Ways.test_good_is_not_good",
      "cli/bisect.py",
      "if step.verdict == BAD:\n"
      "                assert",
      "if False:\n"
      "                assert",
      "a GOOD that fails is bisected"),
    B("test_bisect.Ways.test_bad_does_not_build",
      "cli/bisect.py",
      "raise TestbedError(f\"BAD, {bad}, cannot be judged: {step.why}\")",
      "raise UsageError(\"BAD is bad\")",
      "a BAD that does not build is wrong usage"),
    B("test_bisect.Ways.test_shallow test_presubmit.Presubmit.test_shallow",
      "git/gitrepo.py",
      "hint = \"; the clone is shallow: git fetch --deepen=N, or --unshallow\"",
      "hint = \"\"",
      "no hint at a shallow clone"),
    B("test_bisect.Step.test_bisect_run",
      "cli/bisect_step.py",
      "        return ABORT\n"
      "    return code",
      "        return ABORT\n"
      "    return 0",
      "all commits are good"),
    B("test_bisect.Step.test_the_machine_is_at_fault",
      "cli/bisect_step.py",
      "if host or code not in (0, 1, 125):",
      "if code not in (0, 1, 125):",
      "the fault of the machine is that of the commit"),
    B("test_bisect.Step.test_no_kernel",
      "cli/bisect_step.py",
      "code not in (0, 1, 125)",
      "code not in (0, 1, 2, 125)",
      "wrong usage is a bad commit"),
    B("test_controls.Controls.test_a_guard_that_sleeps",
      "proof/guardtest.py",
      "if outcome.status is not want.status:",
      "if False:",
      "any verdict on a guard will do"),
    B("test_controls.Controls.test_a_real_one_is_killed "
      "test_controls.Controls.test_all_are_killed",
      "proof/controls.py",
      "by = [o for o in bad if o.key in wanted and _red(o)]",
      "by: list[Outcome] = []",
      "no control is killed by its own cases"),
    B("test_controls.Controls.test_a_report_that_no_longer_comes",
      "boot/due_reports.py",
      "elif absent:",
      "elif False:",
      "a report that is due may be absent"),
    B("test_controls.Controls.test_each_outcome",
      "kernel/variants.py",
      "raise NoEffect(\"the kernel is the same with and without it\")",
      "pass",
      "a control without effect is run"),
    B("test_controls.Controls.test_guards",
      "proof/guardtest.py",
      "return \"time limit\"",
      "return \"\"",
      "nobody notices a hang"),
    B("test_controls.Controls.test_matrix",
      "proof/matrix.py",
      "found.add(row)",
      "found.add(\"XX-9\")",
      "a claim of a contract that is none"),
    B("test_controls.Controls.test_matrix_of_an_empty_claim",
      "proof/matrix.py",
      "for contract in sorted(self.claimed - known):",
      "for contract in ():",
      "any contract can be claimed"),
    B("test_controls.Kill.test_run test_controls.Kill.test_controls",
      "host/ns.py",
      "_libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)",
      "pass",
      "a run goes on after kill -9"),
    B("test_kdir.Kdir.test_1_same_verdict_and_untouched",
      "kernel/build.py",
      "return (stat.st_size, stat.st_mtime_ns) == \\\n",
      "return bool(stat) and None == \\\n",
      "what has not changed is built again"),
    B("test_kdir.Kdir.test_3_a_bug_in_the_tree",
      "boot/judge.py",
      "status = Status.PASSED if event.ok else Status.FAILED",
      "status = Status.PASSED",
      "every case passes"),
    B("test_kdir.Kdir.test_4_built_in_place",
      "kernel/tree.py",
      "if self._scan and self._scan.built_in_place():",
      "if False:",
      "a tree that was built in place is not cleaned"),
    B("test_kdir.Kdir.test_5_unsupported_version",
      "kernel/source.py",
      "console.note(f\"Linux {full} is no supported line",
      "str(f\"Linux {full} is no supported line",
      "a version that nobody supports is not told"),
    B("test_presubmit.Presubmit.test_five_patches "
      "test_presubmit.Presubmit.test_7x",
      "presubmit/checks/suites.py",
      "        if fresh:\n"
      "            ids",
      "        if False:\n"
      "            ids",
      "a patch that breaks a case is no failure"),
    B("test_presubmit.Presubmit.test_coverage",
      "presubmit/checks/coverage.py",
      "missed = [number for number in code if not known[path][number]]",
      "missed: list[int] = []",
      "every line has run"),
    B("test_presubmit.Presubmit.test_dirty_tree",
      "cli/presubmit.py",
      "if self._theirs.dirty():",
      "if False:",
      "what is not committed is not told"),
    B("test_presubmit.Presubmit.test_does_not_apply",
      "cli/presubmit.py",
      "results[\"applies\"] = Result(Status.FAIL,",
      "results[\"applies\"] = Result(Status.WARN,",
      "a patch that does not apply is a warning"),
    B("test_presubmit.Presubmit.test_linked_worktree",
      "git/gitrepo.py",
      "\"--git-path\", \"objects\")",
      "\"--git-dir\")",
      "the objects of a linked work tree are looked for in it"),
    B("test_presubmit.Presubmit.test_mails",
      "presubmit/patchset.py",
      "patches = [mail for mail in found if series.touched(_text(mail))]",
      "patches = found",
      "a cover letter is taken for a patch"),
    B("test_presubmit.Presubmit.test_merge",
      "presubmit/patchset.py",
      "    if merges:\n",
      "    if False:\n",
      "a merge is no obstacle"),
    B("test_presubmit.Presubmit.test_no_gcov",
      "presubmit/checks/coverage.py",
      "absent = deps.missing(coverage.COUNTING_TOOLS)",
      "absent: list[deps.Tool] = []",
      "gcov is run where it is not"),
)


def copy(folder: Path) -> None:
    """Copy the repository to @folder."""
    folder.mkdir()
    for part in _PARTS:
        if (TOP / part).is_dir():
            shutil.copytree(TOP / part, folder / part)
        else:
            shutil.copy(TOP / part, folder / part)


def broken(entry: Breakage, folder: Path) -> str:
    """Make the mistake in the copy @folder; what keeps us from it, "" if nothing does."""
    path = folder / entry.path
    text = path.read_text(encoding="utf-8")
    if text.count(entry.old) != 1:
        return f"STALE: {entry.path} has {text.count(entry.old)} times: {entry.old}"
    path.write_text(text.replace(entry.old, entry.new), encoding="utf-8")
    return ""


def red(folder: Path, test: str) -> bool:
    """True if the test called @test fails in @folder."""
    done = subprocess.run(
        ["timeout", str(_PATIENCE), sys.executable, "-P", "-m", "unittest",
         f"tests.e2e.{test}"], check=False, cwd=folder / "tools",
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"})
    last = (done.stderr.strip().splitlines() or [""])[-1]
    # What cannot even begin has not noticed anything.
    return re.match(r"FAILED \((failures|errors)=", last) is not None and \
        "ModuleNotFoundError" not in done.stderr


def main() -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("patterns", metavar="PATTERN", nargs="*")
    args = parser.parse_args()
    bad = count = 0
    with tempfile.TemporaryDirectory(prefix="breakages.") as name:
        for number, entry in enumerate(TABLE):
            tests = [test for test in entry.tests.split() if not args.patterns or any(
                fnmatch.fnmatch(test, f"*{pattern}*") for pattern in args.patterns)]
            if not tests:
                continue
            folder = Path(name) / str(number)
            copy(folder)
            stale = broken(entry, folder)
            for test in tests:
                word = stale or ("red  " if red(folder, test) else "GREEN")
                count += 1
                bad += word != "red  "
                print(f"{word}  {test}  ({entry.what})", flush=True)
            shutil.rmtree(folder)
    print(f"{count - bad} of {count} red")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
