# SPDX-License-Identifier: GPL-2.0
"""The options that the scripts had before there was mmt: each is tried, and still means
the same."""

from typing import Any, Callable

from mmtestbed.cli import bisect_options, control_options, mmt, mutate_options
from mmtestbed.cli import presubmit_options, run_options, step
from mmtestbed.model import configs
from mmtestbed.model.repository import REPOSITORY

from tests import support

PATCH = str(sorted((REPOSITORY / "patches").rglob("*.patch"))[0])
# For each script: the words, and what has to come of them, by field.
TABLE: dict[str, tuple[tuple[tuple[str, ...], dict[str, Any]], ...]] = {
    "run": (
        (("--kdir", "/k"), {"kdir": "/k"}),
        (("--line", "7.x"), {"line.name": "7.x"}),
        (("--variant", "kasan"), {"config.name": "kasan"}),
        (("--all",), {"all": True}),
        (("--variant", "gcov", "--coverage", "{tmp}/c"), {"coverage.name": "c"}),
        (("--variant", "gcov", "--no-html"), {"html": False}),
        (("--with", PATCH), {"patches.0.name": PATCH.rpartition("/")[2]}),
        (("--filter", "a*.b"), {"filter": "a*.b"}),
        (("--list",), {"list": True}),
        (("--jobs", "3"), {"jobs": 3}),
        (("--build-dir", "/b"), {"build_dir.name": "b"}),
        (("--keep",), {"keep": True}),
        (("--raw",), {"raw": True}),
        (("--timeout", "7"), {"timeout": 7.0}),
        (("--one-boot",), {"one_boot": True}),
        (("--host-time",), {"host_time": True}),
        (("--dry-run",), {"dry_run": True}),
        (("--json", "{tmp}/x.json"), {"json.name": "x.json"}),
        (("--junit", "{tmp}/x.xml"), {"junit.name": "x.xml"}),
        (("--repeat", "4"), {"repeat": 4}),
        (("--seed", "5"), {"seed": 5}),
        (("--seconds", "6"), {"seconds": 6.0}),
        (("--gdb", "a.b"), {"gdb": "a.b"}),
        (("--one-boot", "--shuffle", "9"), {"shuffle": 9}),
        (("--no-install",), {"install": False}),
        (("--", "--kconfig_add=CONFIG_X=y", "--kernel_args=quiet"),
         {"build_options": ("--kconfig_add=CONFIG_X=y",), "kernel_args": ("quiet",)}),
    ),
    "controls": (
        (("--line", "7.x"), {"line.name": "7.x"}),
        (("--variant", "kasan"), {"config.name": "kasan"}),
        (("--kdir", "/k"), {"kdir": "/k"}),
        (("--jobs", "3"), {"jobs": 3}),
        (("--filter", "mv-*"), {"filter": "mv-*"}),
        (("--contract", "MW-2"), {"contract": "MW-2"}),
        (("--timeout", "7"), {"timeout": 7.0, "cpu": 7}),
        (("--json", "{tmp}/x.json"), {"json.name": "x.json"}),
        (("--keep",), {"keep": True}),
        (("--list",), {"list": True}),
        (("--matrix", "--rst"), {"matrix": True, "rst": True}),
        (("--guards", "--config", "CONFIG_KASAN=y"),
         {"guards": True, "symbols": {"CONFIG_KASAN": "y"}}),
        (("--one-boot",), {"run.one_boot": True}),
        (("--host-time",), {"run.host_time": True}),
        (("--no-install",), {"install": False}),
    ),
    "mutate": (
        (("--kdir", "/k"), {"kdir": "/k"}),
        (("--jobs", "3"), {"jobs": 3}),
        (("--filter", "mm/x.c:*"), {"filter": "mm/x.c:*"}),
        (("--variant", "dax"), {"run.config.name": "dax"}),
        (("--timeout", "7"), {"run.timeout": 7.0, "cpu": 7}),
        (("--again", PATCH), {"again.suffix": ".patch"}),
        (("--json", "{tmp}/x.json"), {"json.name": "x.json"}),
        (("--report", "{tmp}/x.txt"), {"text.name": "x.txt"}),
        (("--list",), {"list": True}),
        (("--one-boot",), {"run.one_boot": True}),
        (("--host-time",), {"run.host_time": True}),
        (("--no-install",), {"install": False}),
    ),
    "bisect": (
        (("--kdir", "/k", "a", "b"), {"kdir.name": "k", "good": "a", "bad": "b"}),
        (("--case", "MW-3", "a", "b"), {"case": ("MW-3",)}),
        (("--resume",), {"resume": True}),
        (("--json", "{tmp}/x.json", "a", "b"), {"json.name": "x.json"}),
        (("--no-install", "a", "b"), {"install": False}),
        (("a", "b", "--", "--variant", "kasan"), {"words": ("--variant", "kasan")}),
    ),
    "bisect-step": (
        (("--kdir", "/k"), {"kdir": "/k"}),
        (("--case", "MW-3"), {"case": ("MW-3",)}),
        (("--no-install",), {"install": False}),
        (("--", "--line", "7.x"), {"words": ("--line", "7.x")}),
    ),
    "presubmit": (
        (("--kdir", "/k", "A..B"), {"kdir.name": "k", "series": "A..B"}),
        (("--base", "x", "A..B"), {"base": "x"}),
        (("--case", "MW-3", "A..B"), {"case": ("MW-3",)}),
        (("--without", "sparse", "A..B"), {"leave_out": frozenset({"sparse"})}),
        (("--list",), {"list": True}),
        (("--json", "{tmp}/x.json", "A..B"), {"json.name": "x.json"}),
        (("--text", "{tmp}/x.txt", "A..B"), {"text.name": "x.txt"}),
        (("--no-install", "A..B"), {"install": False}),
        (("A..B", "--", "--line", "7.x"), {"words": ("--line", "7.x")}),
    ),
}
PARSE: dict[str, Callable[[Any], Any]] = {
    "run": run_options.parse, "controls": control_options.parse,
    "mutate": mutate_options.parse, "bisect": bisect_options.parse, "bisect-step": step.parse,
    "presubmit": presubmit_options.parse,
}


def field(value: Any, name: str) -> Any:
    """The field of @value that @name leads to, as in patches.0.name."""
    for part in name.split("."):
        value = value[int(part)] if part.isdigit() else getattr(value, part)
    return value


class Old(support.TempCase):
    def test_each_option(self) -> None:
        self.set_env("KDIR", "")
        for script, rows in TABLE.items():
            for words, wanted in rows:
                with self.subTest(script=script, words=words):
                    found = PARSE[script]([word.format(tmp=self.tmp) if "{tmp}" in word
                                           else word for word in words])
                    for name, value in wanted.items():
                        self.assertEqual(field(found, name), value, name)

    def test_each_script_is_there(self) -> None:
        words = {word.name for word in mmt.WORDS}
        self.assertLessEqual({*TABLE, "test"}, words)
        for script in TABLE:
            self.assertTrue((REPOSITORY / "scripts" / f"{script}.sh").is_file())

    def test_the_variants_are_there(self) -> None:
        self.assertLessEqual({"plain", "kasan", "full", "gcov", "smp"},
                             {config.name for config in configs.CONFIGS})
