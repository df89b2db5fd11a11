# SPDX-License-Identifier: GPL-2.0
"""The command line."""

from mmtestbed.cli import run_options
from mmtestbed.errors import UsageError
from mmtestbed.kernel import patching

from tests import support


class Parse(support.TempCase):
    def test_defaults(self) -> None:
        opts = run_options.parse([])
        self.assertEqual((opts.filter, opts.repeat, opts.seed), ("", 1, None))
        self.assertGreaterEqual(opts.jobs, 1)

    def test_usage_errors(self) -> None:
        for words in (["--nonsense"], ["--jobs", "0"], ["--jobs", "x"],
                      ["--timeout", "-1"], ["--timeout", "nan"], ["--line", "1.0"],
                      ["--repeat", "0"], ["--with", "/no/such.patch"],
                      ["--json", "/no/such/folder/out.json"], ["--json", "/"],
                      ["--variant", "odd"], ["--variant", "default"], ["--filt", "x"]):
            with self.subTest(words), self.assertRaises(UsageError) as caught:
                run_options.parse(words)
            self.assertEqual(caught.exception.code, 2)

    def test_kdir_from_the_environment(self) -> None:
        self.set_env("KDIR", "/some/tree")
        self.assertEqual(run_options.parse([]).kdir, "/some/tree")
        self.assertEqual(run_options.parse(["--kdir", "/other"]).kdir, "/other")

    def test_group(self) -> None:
        """A group that is proposed, once; what is no such group is refused."""
        name = patching.proposals()[0]
        self.assertEqual(run_options.parse([]).groups, ())
        self.assertEqual(run_options.parse(["--group", name, "--group", name]).groups, (name,))
        for other in ("fixes", "none"):
            with self.assertRaisesRegex(UsageError, f"--group {other}: there is {name}"):
                run_options.parse(["--group", other])

    def test_with_is_repeatable(self) -> None:
        one, two = self.write("1.patch", ""), self.write("2.patch", "")
        opts = run_options.parse(["--with", str(one), "--with", str(two)])
        self.assertEqual(opts.patches, (one, two))

    def test_shuffle(self) -> None:
        opts = run_options.parse(["--one-boot", "--shuffle", "7"])
        self.assertEqual((opts.shuffle, opts.seed), (7, None))
        self.assertIsNotNone(run_options.parse(["--one-boot", "--shuffle"]).shuffle)
        self.assertEqual(run_options.parse(["--variant", "smp", "--shuffle", "1"]).shuffle, 1)
        with self.assertRaisesRegex(UsageError, "goes with --one-boot"):
            run_options.parse(["--shuffle"])

    def test_children_and_time(self) -> None:
        wanted: list[tuple[list[str], bool, bool, int]] = [
                ([], True, True, 10), (["--one-boot"], False, True, 10),
                (["--host-time"], True, False, 10), (["--timeout", "2.5"], True, True, 3),
                (["--variant", "kasan"], True, True, 40),
                (["--variant", "smp"], False, False, 20)]
        for words, children, virtual, cpu in wanted:
            with self.subTest(words):
                opts = run_options.parse(words)
                self.assertEqual((opts.children, opts.virtual, opts.cpu),
                                 (children, virtual, cpu))

    def test_seconds_and_gdb(self) -> None:
        self.assertEqual(run_options.parse(["--seconds", "5", "--seed", "7"]).seconds, 5)
        self.assertEqual([tool.name for tool in run_options.parse(["--gdb", "a.b"]).tools],
                         ["gdb"])
        for words in (["--seconds", "5", "--one-boot"], ["--seconds", "5", "--all"],
                      ["--seconds", "5", "--variant", "smp"], ["--gdb", "a"],
                      ["--seconds", "5", "--repeat", "2"], ["--gdb", "a.*"],
                      ["--gdb", "a.b", "--filter", "x"], ["--seed", "-1"],
                      ["--seed", "4294967296"]):
            with self.subTest(words), self.assertRaises(UsageError):
                run_options.parse(words)


class PassOn(support.TempCase):
    def test_to_the_kernel(self) -> None:
        opts = run_options.parse(["--", "--kernel_args=a=1", "--kernel_args", "b=2",
                              "--filter", "speed>slow"])
        self.assertEqual(opts.kernel_args, ("a=1", "b=2", 'kunit.filter="speed>slow"'))

    def test_to_the_build(self) -> None:
        opts = run_options.parse(["--", "--kconfig_add", "CONFIG_X=y",
                              "--make_options=V=1"])
        self.assertEqual(opts.build_options,
                         ("--kconfig_add", "CONFIG_X=y", "--make_options=V=1"))

    def test_refused(self) -> None:
        for word in ("--arch=x86_64", "--qemu_args=x", "--cross_compile=x",
                     "--build_dir=x", "--json=x", "--list_tests"):
            with self.subTest(word), self.assertRaises(UsageError):
                run_options.parse(["--", word])

    def test_arch_um_is_what_we_do(self) -> None:
        self.assertEqual(run_options.pass_on(["--arch=um"]), ((), ()))
        self.assertEqual(run_options.pass_on(["--arch", "um"]), ((), ()))


class Selectors(support.TempCase):
    def test_one_glob_is_for_kunit(self) -> None:
        for words in (["a*.b"], ["--filter", "a*.b"]):
            opts = run_options.parse(words)
            self.assertEqual((opts.filter, opts.select, opts.chooses), ("a*.b", (), False))

    def test_more_is_for_us(self) -> None:
        opts = run_options.parse(["MW-3", "--jobs", "1", "a.b", "--filter", "c"])
        self.assertEqual((opts.filter, opts.select, opts.chooses),
                         ("", ("MW-3", "a.b", "c"), True))
        opts = run_options.parse(["a.b", "--exclude", "c", "--exclude", "MW-3"])
        self.assertEqual((opts.filter, opts.select, opts.exclude),
                         ("", ("a.b",), ("c", "MW-3")))
