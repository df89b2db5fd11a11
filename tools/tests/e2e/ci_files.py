# SPDX-License-Identifier: GPL-2.0
"""As much of GitHub Actions and GitLab CI as the files in Documentation/ci make use of.

Each job gets a checkout of its own; artifacts are what goes from one to another.
"""

from __future__ import annotations

import importlib
import re
import shutil
import unittest
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Mapping

from tests import recipes

# What prepares the machine of a job, which is this one.
_PREPARES = re.compile(r"apt-get -q update && apt-get -q -y install [\w .-]+")


def load(path: Path) -> Any:
    """The YAML in @path."""
    try:
        yaml = importlib.import_module("yaml")
    except ImportError:
        raise unittest.SkipTest("python3-yaml is not installed") from None
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@dataclass
class Pipeline:
    """One that runs.

    @checkout: makes one in a new folder.  @env: of its commands.
    @codes: what the commands of each job ended with, and what they said.
    """

    folder: Path
    checkout: Callable[[Path], object]
    env: Mapping[str, str]
    codes: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def job(self, name: str) -> Path:
        """The checkout of the job @name."""
        place = self.folder / re.sub(r"\W", "-", name)
        self.checkout(place)
        return place

    def command(self, job: str, place: Path, text: str, env: Mapping[str, str]) -> int:
        """Run one; what prepares the machine is left out."""
        if _PREPARES.fullmatch(text):
            return 0
        code, said = recipes.run(f"set -e\n{text}", place, {**self.env, **env})
        self.said[job] = self.said.get(job, "") + said
        return code

    def kept(self, place: Path, patterns: list[str], to: Path) -> None:
        """Keep what @patterns mean in @place."""
        to.mkdir(parents=True, exist_ok=True)
        for pattern in patterns:
            for path in place.glob(pattern):
                shutil.copy(path, to)


def github(path: Path, pipeline: Pipeline) -> None:
    """Run all jobs of the workflow @path."""
    artifacts = pipeline.folder / "artifacts"
    done: dict[str, bool] = {}
    for name, job in load(path)["jobs"].items():
        needs = [job["needs"]] if "needs" in job else []
        assert set(needs) <= done.keys(), f"{name} needs what comes later"
        if not all(done[each] for each in needs) and "!cancelled()" not in job.get("if", ""):
            done[name] = False
            continue
        cells: list[dict[str, Any]] = [{}]
        for key, values in job.get("strategy", {}).get("matrix", {}).items():
            cells = [{**cell, key: value} for cell in cells for value in values]
        codes = [_github_job(f"{name} {' '.join(map(str, cell.values()))}".strip(), job, cell,
                             pipeline, artifacts) for cell in cells]
        done[name] = not any(codes)
    for name, good in done.items():
        pipeline.codes.setdefault(name, 0 if good else 1)


def _github_job(name: str, job: Any, cell: Mapping[str, Any], pipeline: Pipeline,
                artifacts: Path) -> int:
    def expanded(text: Any) -> str:
        return re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda match: str(cell[match[1]]), str(text))

    place, code = pipeline.folder / re.sub(r"\W", "-", name), 0
    for step in job["steps"]:
        if code and "!cancelled()" not in step.get("if", ""):
            continue
        action = step.get("uses", "").partition("@")[0]
        what = {key: expanded(value) for key, value in step.get("with", {}).items()}
        if action == "actions/checkout":
            pipeline.job(name)
        elif action == "actions/upload-artifact":
            pipeline.kept(place, what["path"].split(), artifacts / what["name"])
        elif action == "actions/download-artifact":
            pattern = what.get("name") or what["pattern"]
            assert "pattern" not in what or what.get("merge-multiple") == "True"
            for found in artifacts.glob(pattern):
                pipeline.kept(found, ["*"], place)
        else:
            code = code or pipeline.command(name, place, expanded(step["run"]), {})
    pipeline.codes[name] = code
    return code


def gitlab(path: Path, pipeline: Pipeline) -> None:
    """Run all jobs of the pipeline @path."""
    data = load(path)
    stages = data["stages"]
    before = data.get("default", {}).get("before_script", [])
    jobs = {name: job for name, job in data.items() if name not in ("stages", "default")}
    assert all(_PREPARES.fullmatch(text) for text in before)
    failed = False
    for stage in stages:
        for name, job in jobs.items():
            if job["stage"] != stage or failed and job.get("when") != "always":
                continue
            total = job.get("parallel", 1)
            for index in range(1, total + 1):
                label = f"{name} {index}/{total}" if total > 1 else name
                place = pipeline.job(label)
                for other in job.get("needs", []):
                    pipeline.kept(pipeline.folder / "artifacts" / other, ["*"], place)
                code = 0
                for text in job["script"]:
                    code = code or pipeline.command(label, place, text, {
                        "CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(total)})
                kept = job.get("artifacts", {})
                if not code or kept.get("when") == "always":
                    pipeline.kept(place, kept.get("paths", []),
                                  pipeline.folder / "artifacts" / name)
                pipeline.codes[label] = code
                failed = failed or bool(code)
