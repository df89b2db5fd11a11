# SPDX-License-Identifier: GPL-2.0
"""Children of the real kernel: what one of them does changes nothing for the others."""

from pathlib import Path

from mmtestbed.boot import children, runner
from mmtestbed.host import ns
from mmtestbed.model.outcomes import Name, Status

from tests.e2e import support

OPTION = "CONFIG_MM_KUNIT_GUARD_SELFTEST=y"
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


def memory(kernel: children.Children) -> dict[str, str]:
    """What the memory of the one server of @kernel consists of.

    What of it is dirty says nothing: the host writes pages of files back at some time.
    """
    [booted] = kernel._servers._all
    path = Path(f"/proc/{booted.server.process.pid}/smaps_rollup")
    lines = path.read_text(encoding="ascii").splitlines()[1:]
    fields = dict(line.split(":") for line in lines)
    return {name: fields[name] for name in ("Rss", "Anonymous")}


class Isolation(support.RunCase):
    def test_nothing_reaches_another_child(self) -> None:
        # Every case has to pass here, also those of known bugs.
        text = self.expect(0, support.call("--fixes", "--filter", f"{SELFTEST}.behaves",
                                           "--keep", "--", "--kconfig_add", OPTION),
                           "PASS: 1 case")
        folder = text.split("kept the kernel and the logs in ")[1].split("\n")[0]
        ns.no_address_randomisation()
        how = runner.Options(Path(folder) / "linux", self.tmp / "boots", (), 60, 1,
                             virtual=True, cpu=5, servers=1)
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
