# SPDX-License-Identifier: GPL-2.0
"""The variants: what they add, and who cannot have them."""

import unittest
from unittest import mock

from mmtestbed.boot import uml
from mmtestbed.cli import run_options
from mmtestbed.errors import UsageError
from mmtestbed.kernel import build, coverage, planning
from mmtestbed.model import configs, lines

from tests import support


class Table(unittest.TestCase):
    def test_each_has_its_fragment_and_each_fragment_its_variant(self) -> None:
        named = {path for config in configs.CONFIGS for path in config.fragments}
        self.assertEqual(named, set(configs.FOLDER.glob("*")))
        for config in configs.CONFIGS:
            self.assertTrue(all(path.is_file() for path in config.files), config.name)

    def test_plain_adds_only_what_one_cpu_allows(self) -> None:
        self.assertEqual([path.name for path in configs.PLAIN.files],
                         [".kunitconfig", "up.config"])
        self.assertEqual((configs.PLAIN.args, configs.PLAIN.specs), ((), ""))

    def test_kasan_and_gcov_have_all_of_full(self) -> None:
        full = configs.by_name("full")
        self.assertTrue(full.userspace)
        for name in ("kasan", "gcov"):
            config = configs.by_name(name).on(lines.by_name("6.12"))
            self.assertEqual([path.name for path in config.fragments],
                             ["up.config", "full.config", f"{name}.config"])
            self.assertTrue(config.userspace)
            self.assertGreaterEqual(config.slow, full.slow)
            self.assertTrue(configs.builds(name, "ksm/swap_kunit.c"))
        self.assertFalse(configs.builds("plain", "ksm/swap_kunit.c"))

    def test_plain_stays_plain_on_each_line(self) -> None:
        for line in lines.LINES:
            self.assertEqual(configs.PLAIN.on(line).files, configs.PLAIN.files)

    def test_no_symbol_twice(self) -> None:
        """kunit.py refuses to merge fragments that disagree."""
        def symbols(text: str) -> set[str]:
            return {line.removeprefix("# ").split("=")[0].split(" ")[0]
                    for line in text.splitlines()
                    if line.startswith(("CONFIG_", "# CONFIG_"))}

        base = symbols(configs.PLAIN.files[0].read_text(encoding="utf-8"))
        for config in configs.CONFIGS:
            known = set(base)
            for path in config.fragments:
                mine = symbols(path.read_text(encoding="utf-8"))
                self.assertTrue(mine, config.name)
                self.assertEqual(known & mine, set(), config.name)
                known |= mine

    def test_lines_lack_what_exists(self) -> None:
        for line in lines.LINES:
            for name, why in line.lacks:
                self.assertEqual(configs.by_name(name).obstacle(line), why)

    def test_smp(self) -> None:
        smp = configs.by_name("smp")
        self.assertIn("no SMP", smp.obstacle(lines.by_name("6.12")))
        self.assertEqual(smp.obstacle(lines.by_name("7.x")), "")
        self.assertEqual(smp.args, ("ncpus=4", "seccomp=on",
                                    "rcutree.jiffies_till_first_fqs=0",
                                    "rcutree.qhimark=0"))


    def test_some_have_others_as_well(self) -> None:
        smp = configs.by_name("smp")
        newest, oldest = lines.by_name("7.x"), lines.by_name("6.12")
        self.assertEqual([path.name for path in smp.on(newest).fragments],
                         ["dax.config", "smp.config"])
        # What a line cannot have is left out there.
        self.assertEqual([path.name for path in smp.on(oldest).fragments], ["smp.config"])
        for name, file, where, wanted in (
                ("smp", "dax/a.c", newest, True), ("smp", "dax/a.c", oldest, False),
                ("smp", "ksm/a.c", newest, False), ("plain", "dax/a.c", newest, False),
                ("dax", "dax/a.c", newest, True), ("smp", "zone_device/a.c", oldest, True)):
            with self.subTest(name, file=file, line=where.name):
                self.assertEqual(configs.builds(name, file, where), wanted)
        for config in configs.CONFIGS:
            for line in lines.LINES:
                self.assertTrue(set(config.on(line).files) <= set(config.files), config.name)
        self.assertEqual(configs.parts("smp"), {"smp", "dax"})
        self.assertEqual(configs.parts("smp", oldest), {"smp"})
        self.assertEqual(configs.parts("no such"), {"no such"})


class Build(support.TempCase):
    def plan(self, specs: str = "") -> planning.Plan:
        files = (self.write("one", "CONFIG_A=y\n"), self.write("two", "CONFIG_B=y\n"))
        return planning.Plan(files, 1, (), self.tmp / "ccache", specs=specs)

    def test_every_fragment_is_passed_on(self) -> None:
        words = planning.command(self.plan(), self.tmp / "src", self.tmp / "build")
        self.assertIn(f"--kunitconfig={self.tmp}/one", words)
        self.assertIn(f"--kunitconfig={self.tmp}/two", words)

    def test_make_is_told_of_llvm(self) -> None:
        src, folder = self.tmp / "src", self.tmp / "build"
        for words in (planning.command(self.plan(), src, folder),
                      planning.make(self.plan(), folder, "vmlinux")):
            self.assertNotIn("LLVM=", " ".join(words))
        self.set_env("LLVM", "-16")
        self.assertIn("LLVM=-16", planning.command(self.plan(), src, folder))
        self.assertIn("LLVM=-16", planning.make(self.plan(), folder, "vmlinux"))
        self.assertIn("gcc counts", configs.by_name("gcov").obstacle(lines.DEFAULT))
        self.assertEqual(configs.PLAIN.obstacle(lines.DEFAULT), "")

    def test_specs_come_after_the_users_flags(self) -> None:
        self.set_env("KCFLAGS", "-Wmine")
        plan = self.plan("*cc1_options:\n+ -Wours\n")
        env = planning.environment(plan, self.tmp / "build")
        self.assertEqual(env["KCFLAGS"], f"-Wmine -specs={plan.spec_file}")
        # With it ccache would make the paths in gcov's notes relative ones.
        self.assertNotIn("CCACHE_BASEDIR", env)
        self.assertEqual(plan.spec_file.read_text(encoding="ascii"), plan.specs)
        self.assertEqual(plan.spec_file.stat().st_mtime, 0)
        self.assertEqual(list(self.tmp.glob("specs-*.*")), [])

    def test_a_fragment_decides_what_the_kernel_is(self) -> None:
        before = build.inputs(self.plan(), "seen", {})
        self.assertEqual(build.inputs(self.plan(), "seen", {}), before)
        self.assertNotEqual(build.inputs(self.plan("-Wours"), "seen", {}), before)
        plan = self.plan()
        self.write("two", "CONFIG_B=n\n")
        self.assertNotEqual(build.inputs(plan, "seen", {}), before)


class Words(support.TempCase):
    def test_default(self) -> None:
        opts = run_options.parse([])
        self.assertIs(opts.config, configs.PLAIN)
        self.assertIsNone(opts.wanted)

    def test_a_slow_variant_gets_more_time(self) -> None:
        kasan = run_options.parse(["--variant", "kasan"])
        self.assertGreater(kasan.timeout, run_options.parse([]).timeout)
        self.assertEqual(run_options.parse(["--variant", "kasan", "--timeout", "3"]).timeout, 3)

    def test_coverage_wants_counters(self) -> None:
        with self.assertRaisesRegex(UsageError, "--variant gcov"):
            run_options.parse(["--coverage", str(self.tmp / "new")])
        with self.assertRaisesRegex(UsageError, "--no-html goes with"):
            run_options.parse(["--no-html"])

    def test_no_html_needs_no_gcovr(self) -> None:
        words = ["--variant", "gcov"]
        self.assertEqual({tool.probe for tool in run_options.parse(words).tools},
                         {"gcov", "gcov-tool", "gcovr"})
        self.assertEqual({tool.probe for tool in run_options.parse([*words, "--no-html"]).tools},
                         {"gcov", "gcov-tool"})

    def test_coverage_folder(self) -> None:
        gcov = ["--variant", "gcov", "--coverage"]
        new = self.tmp / "new"
        self.assertEqual(run_options.parse([*gcov, str(new)]).coverage, new)
        self.write(f"old/{coverage.TEXT}", "")
        self.assertTrue(run_options.parse([*gcov, str(self.tmp / "old")]).coverage)
        thesis = self.write("mine/thesis.tex", "")
        for bad in (thesis, thesis.parent, self.tmp / "no" / "such"):
            with self.subTest(bad), self.assertRaises(UsageError):
                run_options.parse([*gcov, str(bad)])

    def test_all_takes_no_file_of_one_run(self) -> None:
        for words in (["--list"], ["--raw"], ["--junit", str(self.tmp / "x.xml")],
                      ["--build-dir", str(self.tmp / "b")]):
            with self.subTest(words), self.assertRaisesRegex(UsageError, "--all"):
                run_options.parse(["--all", *words])


class AtATime(unittest.TestCase):
    """How many kernels run side by side."""

    def boots(self, jobs: int, name: str, memory: int) -> int:
        with mock.patch.object(uml, "free_memory", return_value=memory):
            return uml.at_a_time(jobs, configs.by_name(name))

    def test_four_for_each_cpu_of_the_host(self) -> None:
        self.assertEqual(self.boots(4, "plain", 1 << 20), 16)
        self.assertEqual(self.boots(1, "plain", 1 << 20), 1)

    def test_fewer_with_cpus_of_their_own(self) -> None:
        self.assertEqual(self.boots(4, "smp", 1 << 20), 4)

    def test_no_more_than_the_memory_holds(self) -> None:
        self.assertEqual(self.boots(4, "kasan", 12000), 13)
        self.assertEqual(self.boots(4, "kasan", 100), 1)
