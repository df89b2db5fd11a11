# SPDX-License-Identifier: GPL-2.0
"""The kernel in which every bug, and everything that misbehaves on purpose, is chosen at
run time: all controls are killed, all guards catch, and no child touches another."""

import json
import tempfile
from pathlib import Path
from typing import Any

from mmtestbed.boot import children, runner
from mmtestbed.host import ns
from mmtestbed.model import repository
from mmtestbed.model.outcomes import Name, Status
from mmtestbed.proof import controls

from tests.e2e import support

SELFTEST = "guard_selftest"
# What a child does, and how it comes out.
BAD = {
    "dereferences_null": Status.CRASHED, "runs_into_bug": Status.CRASHED,
    "panics": Status.CRASHED, "overflows_its_stack": Status.CRASHED,
    "halts_the_machine": Status.CRASHED, "corrupts_a_list": Status.FAILED,
    "loops_for_ever_without_interrupts": Status.HUNG, "sleeps_for_ever": Status.HUNG,
    "leaks_a_page": Status.FAILED, "leaks_a_folio_reference": Status.FAILED,
    "frees_a_page_in_bad_state": Status.FAILED, "leaks_a_thread": Status.FAILED,
    "ends_with_a_lock_held": Status.FAILED,
}
# So many controls may need a kernel of their own, if what they change is no function.
ALONE = 1


def memory(kernel: children.Children) -> dict[str, str]:
    """What the memory of the one server of @kernel consists of.

    What of it is dirty says nothing: the host writes pages of files back at some time.
    """
    [booted] = kernel._servers._all
    path = Path(f"/proc/{booted.server.process.pid}/smaps_rollup")
    lines = path.read_text(encoding="ascii").splitlines()[1:]
    fields = dict(line.split(":") for line in lines)
    return {name: fields[name] for name in ("Rss", "Anonymous")}


class OneKernel(support.RunCase):
    _data: Any
    _text: str

    @classmethod
    def setUpClass(cls) -> None:
        """Build the kernel and run it all, once."""
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        out = Path(folder.name) / "out.json"
        cls._text = support.call("--built-in", "--named", "--guards", "--keep", "--json",
                                 str(out), script="controls").text
        cls._data = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}

    def test_1_every_control_is_killed(self) -> None:
        self.assertEqual(self._data.get("exit_code"), 0, self._text)
        found = {entry["name"]: entry["outcome"] for entry in self._data["controls"]}
        self.assertEqual(set(found.values()), {"killed"})
        alone = self._data["built_alone"]
        wanted = {control.name for control in controls.read(repository.CONTROLS)
                  if control.is_for(self._data["line"], self._data["variant"])}
        self.assertEqual(set(found) | set(alone), wanted)
        self.assertLessEqual(len(alone), ALONE, alone)
        self.clean()

    def test_2_it_passes_as_the_plain_one_with_none_chosen(self) -> None:
        plain = {f"{case['suite']}.{case['name']}": case["status"]
                 for case in self.json("--fixes")["cases"]}
        self.assertEqual(self._data["without_control"], plain)

    def test_3_what_misbehaves_is_caught(self) -> None:
        guards = self._data["guards"]
        self.assertEqual(guards["verdict"], "pass")
        self.assertEqual(guards["caught"], guards["misbehave"])
        self.assertGreater(guards["caught"], 20)
        self.assertGreater(guards["missed"], 10)

    def test_4_nothing_reaches_another_child(self) -> None:
        folder = self._text.split("kept the logs in ")[1].split("\n")[0]
        ns.no_address_randomisation()
        how = runner.Options(Path(folder) / "together/linux", self.tmp / "boots", (), 60,
                             1, virtual=True, cpu=5, servers=1)
        with children.open_runner(how, lambda outcome: None) as kernel:
            assert isinstance(kernel, children.Children), "the kernel cannot fork itself"
            names = kernel.cases("")
            good = self.some(names)
            before = kernel.round(good, "")
            self.assertTrue(all(o.status.good for o in before.outcomes.values()))
            size = memory(kernel)
            for name, status in BAD.items():
                with self.subTest(name):
                    [outcome] = kernel.round([(SELFTEST, name)], "").outcomes.values()
                    self.assertIs(outcome.status, status, outcome.reason)
                    after = kernel.round(good, "")
                    self.assertEqual(after.consoles, before.consoles)
                    self.assertEqual(memory(kernel), size)
            self.assertEqual(kernel.round(good, "").boots, 0)

    @staticmethod
    def some(names: list[Name]) -> list[Name]:
        """One case of each suite that is no test of the guards, and one that is."""
        first = {suite: (suite, case) for suite, case in reversed(names)
                 if not suite.startswith(SELFTEST)}
        return [(SELFTEST, "behaves"), *first.values()]
