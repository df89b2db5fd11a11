# SPDX-License-Identifier: GPL-2.0
"""The command line."""

from mmtestbed import options
from mmtestbed.errors import UsageError

from tests import support


class Parse(support.TempCase):
    def test_defaults(self) -> None:
        opts = options.parse([])
        self.assertEqual((opts.filter, opts.repeat, opts.seed), ("", 1, None))
        self.assertGreaterEqual(opts.jobs, 1)

    def test_usage_errors(self) -> None:
        for words in (["--nonsense"], ["--jobs", "0"], ["--jobs", "x"],
                      ["--timeout", "-1"], ["--timeout", "nan"], ["--line", "1.0"],
                      ["--repeat", "0"], ["--with", "/no/such.patch"], ["stray"],
                      ["--json", "/no/such/folder/out.json"], ["--json", "/"],
                      ["--variant", "odd"], ["--variant", "default"], ["--filt", "x"]):
            with self.subTest(words), self.assertRaises(UsageError) as caught:
                options.parse(words)
            self.assertEqual(caught.exception.code, 2)

    def test_kdir_from_the_environment(self) -> None:
        self.set_env("KDIR", "/some/tree")
        self.assertEqual(options.parse([]).kdir, "/some/tree")
        self.assertEqual(options.parse(["--kdir", "/other"]).kdir, "/other")

    def test_with_is_repeatable(self) -> None:
        one, two = self.write("1.patch", ""), self.write("2.patch", "")
        opts = options.parse(["--with", str(one), "--with", str(two)])
        self.assertEqual(opts.patches, (one, two))

    def test_shuffle(self) -> None:
        self.assertEqual(options.parse(["--shuffle", "7"]).seed, 7)
        self.assertIsNotNone(options.parse(["--shuffle"]).seed)


class PassOn(support.TempCase):
    def test_to_the_kernel(self) -> None:
        opts = options.parse(["--", "--kernel_args=a=1", "--kernel_args", "b=2",
                              "--filter", "speed>slow"])
        self.assertEqual(opts.kernel_args, ("a=1", "b=2", 'kunit.filter="speed>slow"'))

    def test_to_the_build(self) -> None:
        opts = options.parse(["--", "--kconfig_add", "CONFIG_X=y",
                              "--make_options=V=1"])
        self.assertEqual(opts.build_options,
                         ("--kconfig_add", "CONFIG_X=y", "--make_options=V=1"))

    def test_refused(self) -> None:
        for word in ("--arch=x86_64", "--qemu_args=x", "--cross_compile=x",
                     "--build_dir=x", "--json=x", "--list_tests"):
            with self.subTest(word), self.assertRaises(UsageError):
                options.parse(["--", word])

    def test_arch_um_is_what_we_do(self) -> None:
        self.assertEqual(options.pass_on(["--arch=um"]), ((), ()))
        self.assertEqual(options.pass_on(["--arch", "um"]), ((), ()))
