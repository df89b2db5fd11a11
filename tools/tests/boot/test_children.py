# SPDX-License-Identifier: GPL-2.0
"""Each case in a child of its own, of a pretended kernel."""

import concurrent.futures
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Callable, Optional

from mmtestbed.boot import children, runner
from mmtestbed.errors import HostError, TestbedError
from mmtestbed.kernel import coverage, tree
from mmtestbed.model.outcomes import Outcome, Status

from tests import kill9, support

PLACES = tree.Places(*[Path()] * len(dataclasses.fields(tree.Places)))
TOOLS = Path(__file__).resolve().parents[2]
REPORTS = {("a", "due_bug"): ["bug mm/x.c"], ("b", "due_none"): ["bug mm/x.c"]}


class Base(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.seen: list[Outcome] = []
        self.notes: list[str] = []
        self.boots: Optional[runner.Runner] = None

    def open(self, suites: dict[str, list[str]], traits: str = "", cpu: int = 10,
             timeout: float = 30, one_boot: bool = False, servers: int = 2,
             virtual: bool = True) -> runner.Runner:
        self.set_env("FAKE_TRAITS", traits)
        found = children.open_runner(
            runner.Options(support.fake_kernel(self.tmp, suites), self.tmp / "boots", (),
                           timeout, 2, cpu=cpu, virtual=virtual, servers=servers),
            self.seen.append, REPORTS, self.notes.append, one_boot)
        boots = self.boots = found.__enter__()
        self.addCleanup(found.__exit__, None, None, None)
        return boots

    def round(self, suites: dict[str, list[str]], traits: str = "", cpu: int = 10,
              timeout: float = 30, virtual: bool = True) -> dict[str, str]:
        boots = self.open(suites, traits, cpu, timeout, virtual=virtual)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            self.results = boots.round(boots.cases(""), "", pool)
        self.assertEqual({outcome.key for outcome in self.seen},
                         set(self.results.outcomes))
        self.assertEqual(len(self.seen), len(self.results.outcomes))
        return {".".join(name): outcome.status.value
                for name, outcome in self.results.outcomes.items()}

    def why(self, suite: str, case: str) -> str:
        return self.results.outcomes[(suite, case)].reason


class Verdicts(Base):
    def test_all_good(self) -> None:
        found = self.round({"a": ["one", "two"], "b": ["three"]})
        self.assertEqual(set(found.values()), {"passed"})
        results = self.results
        self.assertEqual((results.children, results.version), (3, "6.12.117"))
        self.assertIn(results.boots, (1, 2))
        self.assertEqual((results.troubles, self.notes), ([], []))
        self.assertGreater(results.seconds, 0)

    def test_each_way_to_end(self) -> None:
        found = self.round({"a": ["one", "crash", "silent", "spin", "warn", "late", "two"],
                            "b": ["fail", "absent", "order_of_cases", "three"]}, cpu=1)
        self.assertEqual(found, {
            "a.one": "passed", "a.crash": "crashed", "a.silent": "crashed",
            "a.spin": "hung", "a.warn": "failed", "a.late": "failed", "a.two": "passed",
            "b.fail": "failed", "b.absent": "missing", "b.order_of_cases": "failed",
            "b.three": "passed"})
        self.assertEqual(self.results.children, 11)
        self.assertEqual(self.results.troubles, [])
        self.assertEqual(self.notes, [])
        self.assertIn("panic: ", self.why("a", "crash"))
        self.assertIn("signal 11", self.why("a", "silent"))
        self.assertEqual(self.why("a", "spin"), "not done after 1 s of CPU time")
        self.assertIn("after the last case of a", self.why("a", "late"))
        self.assertIn("EXPECTATION FAILED", self.why("b", "fail"))
        self.assertTrue(self.results.outcomes[("b", "fail")].output)
        log = (self.tmp / "boots" / "a.crash.log").read_text(encoding="utf-8")
        self.assertIn("Kernel panic", log)

    def test_asleep(self) -> None:
        for virtual, why in ((True, "no progress for 1 s: no CPU time used"),
                             (False, "no progress for 1 s")):
            with self.subTest(virtual=virtual):
                self.seen.clear()
                found = self.round({"a": ["hang", "two"]}, timeout=1, virtual=virtual)
                self.assertEqual(found, {"a.hang": "hung", "a.two": "passed"})
                self.assertEqual(self.why("a", "hang"), why)

    def test_what_a_good_case_prints_is_in_its_log_only(self) -> None:
        self.round({"a": ["long"]})
        # But for the rows of a table.
        self.assertEqual(self.results.outcomes[("a", "long")].output,
                         ["    # long: row: a | b"])
        log = (self.tmp / "boots" / "a.long.log").read_text(encoding="utf-8")
        self.assertIn("line 19999", log)

    def test_due_reports(self) -> None:
        found = self.round({"a": ["one", "due_bug"], "b": ["due_none", "three"]})
        self.assertEqual(found, {"a.one": "passed", "a.due_bug": "passed",
                                 "b.due_none": "failed", "b.three": "passed"})
        self.assertEqual(self.results.outcomes[("a", "due_bug")].expected[0].kind, "bug")

    def test_what_is_reported_while_it_boots_counts(self) -> None:
        found = self.round({"a": ["one"]}, "warns-while-booting")
        self.assertEqual(found, {"a.one": "passed"})
        [trouble] = self.results.troubles
        self.assertIn("mm/boot.c:26", trouble.what)
        self.assertIn("while the kernel booted", trouble.what)


    def test_what_is_reported_between_two_children_counts(self) -> None:
        boots = self.open({"a": ["one", "two"]}, servers=1)
        assert isinstance(boots, children.Children)
        [booted] = boots._servers._all
        with open(f"/proc/{booted.server.process.pid}/fd/1", "w",
                  encoding="ascii") as console:
            console.write("WARNING: CPU: 0 PID: 1 at mm/idle.c:26 foo+0x29/0x30\n")
        results = boots.round(boots.cases(""), "")
        self.assertEqual([o.status for o in results.outcomes.values()],
                         [Status.PASSED] * 2)
        self.assertIn("mm/idle.c:26", results.troubles[0].what)
        self.assertIn("between two cases", results.troubles[0].what)

    def test_counters(self) -> None:
        """Those of each server are added at the end, and those of a crash are lost."""
        counters = Counters()
        self.set_env("FAKE_TRAITS", "counts")
        how = runner.Options(
            support.fake_kernel(self.tmp, {"a": ["one", "crash", "due_bug"]}),
            self.tmp / "boots", (), 30, 1, virtual=True, counters=counters)
        with children.open_runner(how, self.seen.append, REPORTS) as boots:
            boots.round(boots.cases(""), "")
            self.assertEqual(counters.added, [])
        self.assertEqual((counters.added, counters.lost),
                         ([self.tmp / "boots" / "server-1"], 1))


class Counters(coverage.Counters):
    """Counters that are not read."""

    def __init__(self) -> None:
        super().__init__(Path(), PLACES)
        self.added: list[Path] = []

    def environment(self, folder: Path) -> dict[str, str]:
        return {"GCOV_PREFIX": str(folder / "gcov")}

    def add(self, folder: Path, idle: bool = False) -> None:
        if any((folder / "gcov" / "mm").glob("*.gcda")):
            self.added.append(folder)


class HostsFault(Base):
    """What no case is to blame for."""

    def test_killed_by_the_host_once(self) -> None:
        self.assertEqual(self.round({"a": ["one", "oom"]}),
                         {"a.one": "passed", "a.oom": "passed"})
        [note] = self.notes
        self.assertIn("a.oom: the host has killed it (signal 9); running it in another",
                      note)

    def test_killed_by_the_host_each_time(self) -> None:
        boots = self.open({"a": ["killed"]})
        with self.assertRaisesRegex(HostError, "short of memory"):
            boots.round([("a", "killed")], "")
        self.assertIn("in a boot of its own", self.notes[-1])
        self.assertEqual(len(list((self.tmp / "boots" / "alone-1").glob("boot-?.log"))), 2)

    def test_answers_that_make_no_sense(self) -> None:
        """It is not done without its own boot, and no such kernel stays behind."""
        for traits, why in (("nonsense", "answers 'what?'"), ("cannot-fork", "no child")):
            with self.subTest(traits):
                self.notes.clear()
                boots = self.open({"a": ["one"]}, traits)
                results = boots.round([("a", "one")], "")
                self.assertEqual([o.status for o in results.outcomes.values()],
                                 [Status.PASSED])
                self.assertEqual(len(self.notes), 2)
                self.assertIn(why, self.notes[0])
                self.assertEqual(kill9.marked(str(self.tmp)), [])

    def test_server_goes_while_a_case_runs(self) -> None:
        self.assertEqual(self.round({"a": ["one", "regicide", "two"]}),
                         {"a.one": "passed", "a.regicide": "passed", "a.two": "passed"})
        self.assertIn("ended with signal 9; running it in another child", self.notes[0])

    def test_server_goes_between_two_cases(self) -> None:
        boots = self.open({"a": ["one", "two"]}, servers=1)
        names = boots.cases("")
        self.set_env("FAKE_TRAITS", "dies-between")
        boots.close()
        boots = self.open({"a": ["one", "two"]}, "dies-between", servers=1)
        results = boots.round(names, "")
        self.assertEqual([o.status for o in results.outcomes.values()],
                         [Status.PASSED, Status.PASSED])
        self.assertEqual(results.boots, 2)
        self.assertEqual(len(self.notes), 1)

    def test_no_memory_for_huge_pages(self) -> None:
        self.assertEqual(self.round({"a": ["one"]}, "no-huge-pages"), {"a.one": "passed"})
        self.assertIn("without huge pages", self.notes[0])


class Early(Base):
    """Servers that boot while the first one lists the cases."""

    def begin(self, cases: int, traits: str = "") -> tuple[list[str], int]:
        """(verdicts, boots) with servers for @cases."""
        self.set_env("FAKE_TRAITS", traits)
        how = runner.Options(support.fake_kernel(self.tmp, {"a": ["one", "two"]}),
                             self.tmp / "boots", (), 30, 2, virtual=True, servers=2)
        with children.open_runner(how, self.seen.append, {}, self.notes.append,
                                  many=cases) as boots, \
             concurrent.futures.ThreadPoolExecutor(2) as pool:
            self.early = len(list((self.tmp / "boots").glob("server-?")))
            results = boots.round(boots.cases(""), "", pool)
        self.assertEqual(kill9.marked(str(self.tmp)), [])
        return [o.status.value for o in results.outcomes.values()], results.boots

    def test_no_more_than_there_are_cases_for(self) -> None:
        for cases, early in ((1, 1), (2, 2), (9, 2)):
            shutil.rmtree(self.tmp / "boots", ignore_errors=True)
            with self.subTest(cases):
                found, _ = self.begin(cases)
                self.assertEqual((found, self.early), (["passed", "passed"], early))

    def test_that_do_not_boot(self) -> None:
        self.assertEqual(self.begin(9, "no-huge-pages")[0], ["passed", "passed"])
        [note] = self.notes
        self.assertIn("without huge pages", note)

    def test_of_a_kernel_that_cannot_fork(self) -> None:
        self.assertEqual(self.begin(9, "no-snapshot"), (["passed", "passed"], 1))


class Fallback(Base):
    SUITES = {"a": ["one", "two", "crash", "three"]}
    FOUND = {"a.one": "passed", "a.two": "passed", "a.crash": "crashed",
             "a.three": "passed"}

    def test_kernel_that_cannot_fork_itself(self) -> None:
        self.assertEqual(self.round(self.SUITES, "no-snapshot"), self.FOUND)
        self.assertEqual(self.results.children, 0)
        [note] = self.notes
        self.assertIn("knows no snapshot=", note)
        self.assertIn("in the time of the host", note)
        assert self.boots
        self.assertFalse(self.boots.virtual)

    def test_kernel_that_does_not_boot(self) -> None:
        boots = self.open(self.SUITES, "does-not-boot")
        self.assertIn("exit status 1", self.notes[-1])
        with self.assertRaisesRegex(TestbedError, "dies before KUnit starts"):
            boots.cases("")

    def test_one_boot_if_asked(self) -> None:
        boots = self.open(self.SUITES, one_boot=True)
        results = boots.round(boots.cases(""), "")
        self.assertEqual((results.children, results.boots, self.notes), (0, 2, []))

    def test_bad_end_after_halt_is_a_note(self) -> None:
        boots = self.open({"x": ["one"]}, "bad-end", one_boot=True)
        results = boots.round([("x", "one")], "")
        self.assertEqual(results.troubles, [])
        self.assertIn("ended with signal 6 after it had halted", results.notes[0])

    def test_bad_end_without_halt_is_not(self) -> None:
        boots = self.open({"x": ["one"]}, "bad-end silent-end", one_boot=True)
        results = boots.round([("x", "one")], "")
        self.assertEqual(results.troubles[0].what, "the kernel ended with signal 6")

    def test_boot_killed_by_the_host(self) -> None:
        boots = self.open({"x": ["one", "oom", "two"]}, one_boot=True)
        results = boots.round(boots.cases(""), "")
        self.assertEqual([o.status for o in results.outcomes.values()],
                         [Status.PASSED] * 3)
        self.assertIn("run again", results.notes[0])


class Seeds(Base):
    def test_same_seed_same_console(self) -> None:
        boots = self.open({"a": ["one", "lucky"]})
        names = boots.cases("")
        first, again = boots.round(names, ""), boots.round(names, "")
        self.assertEqual(first.consoles, again.consoles)
        self.assertEqual(set(first.consoles), set(names))

    def test_a_case_that_is_run_again_gets_another_seed(self) -> None:
        boots = self.open({"a": ["lucky"]})
        name = ("a", "lucky")
        found = [boots.some([name], [name]).outcomes[name].status.value for _ in range(3)]
        self.assertEqual(found, ["passed", "failed", "passed"])

    def test_the_lowest_seed_that_fails_stays(self) -> None:
        boots = self.open({"a": ["lucky"]})
        assert isinstance(boots, children.Children)
        name = ("a", "lucky")
        results = boots._each([(name, seed) for seed in (5, 2, 8, 1)], None)
        self.assertEqual((results.outcomes[name].status, results.outcomes[name].seed),
                         (Status.FAILED, 2))

    def test_views(self) -> None:
        boots = self.open({"a": ["lucky", "due_x"]})
        assert isinstance(boots, children.Children)
        name = ("a", "lucky")
        self.assertEqual(boots.with_seed(2).round([name], "").outcomes[name].status,
                         Status.FAILED)
        due = ("a", "due_x")
        self.assertEqual(boots.round([due], "").outcomes[due].status, Status.SKIPPED)
        view = boots.with_words(["mm_kunit.expect_report=1"])
        view.close()
        self.assertEqual(view.round([due], "").outcomes[due].status, Status.PASSED)
        self.assertEqual(boots.round([name], "").boots, 0)


# What runs a case that sleeps for ever, and tells of nothing.
DRIVER = """
import sys
from pathlib import Path
from mmtestbed.boot import children, runner
kernel, folder = map(Path, sys.argv[1:3])
how = runner.Options(kernel, folder, (), 60, 1, virtual=True)
with children.open_runner(how, print) as boots:
    boots.round([("a", "hang")], "")
"""


class Killed(Base):
    """kill -9 of anything leaves no process."""

    def start(self) -> tuple[str, "subprocess.Popen[bytes]", list[int]]:
        """(mark of all processes, our own one, the server and the child)."""
        mark = f"MMTB_TEST={uuid.uuid4().hex}"
        name, _, value = mark.partition("=")
        kernel = support.fake_kernel(self.tmp, {"a": ["hang"]})
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(kernel), str(self.tmp / "boots")],
            env={**os.environ, name: value, "PYTHONPATH": str(TOOLS)})
        self.addCleanup(process.kill)

        def others() -> list[int]:
            found = [int(entry.split()[0]) for entry in kill9.marked(mark)]
            return [pid for pid in found if pid != process.pid]

        self.wait(lambda: len(others()) == 2)
        return mark, process, others()

    def wait(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not done():
            self.assertLess(time.monotonic(), deadline, "nothing happens")
            time.sleep(0.01)

    def test_the_command(self) -> None:
        mark, process, _ = self.start()
        process.kill()
        process.wait()
        self.wait(lambda: not kill9.marked(mark))

    def test_the_server_and_then_the_command(self) -> None:
        mark, process, others = self.start()
        server = next(pid for pid in others if parent(pid) == process.pid)
        os.kill(server, signal.SIGKILL)
        # Another server takes its place, and has another child.
        self.wait(lambda: not set(others) & {
            int(entry.split()[0]) for entry in kill9.marked(mark)})
        self.wait(lambda: len(kill9.marked(mark)) == 3)
        process.kill()
        process.wait()
        self.wait(lambda: not kill9.marked(mark))


def parent(pid: int) -> int:
    """The parent of the process @pid."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return int(text.rpartition(")")[2].split()[1])
