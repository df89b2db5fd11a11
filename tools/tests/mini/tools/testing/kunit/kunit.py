#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Configures the tree, and has make build it."""

import re
import subprocess
import sys
from pathlib import Path

words = dict(word.partition("=")[::2] for word in sys.argv[1:])
build = Path(words["--build_dir"])
text = Path("Kconfig").read_text(encoding="utf-8")
values = dict(re.findall(r"config (\w+)\n\tint\n\tdefault (\d+)", text))
new = "".join(f"CONFIG_{name}={value}\n" for name, value in values.items())
config = build / ".config"
if not config.exists() or config.read_text(encoding="utf-8") != new:
    config.write_text(new, encoding="utf-8")
(build / ".config.kconfig").write_text(text, encoding="utf-8")
(build / "kunits").open("a", encoding="utf-8").write("kunit\n")
sys.exit(subprocess.run(["make", "-s", "ARCH=um", f"O={build}", sys.argv[
    sys.argv.index("--make_options") + 1], "all"], check=False).returncode)
