"""The job's image, as far as can be told without building it."""

import fnmatch
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from tests.aws.resolve import resolve
from tests.conftest import ROOT

Instruction = tuple[str, str]


@dataclass
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str | None
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        return [rest for each, rest in self.instructions if each == word]


def stages() -> list[Stage]:
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    found: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(base, name or None))
        elif word:
            found[-1].instructions.append((word, rest.strip()))
    return found


def variables(stage: Stage) -> dict[str, str]:
    pairs = re.findall(r'([A-Z_]+)=("[^"]*"|\S*)', " ".join(stage.all("ENV")))
    return {name: value.strip('"') for name, value in pairs}


BY_NAME = {stage.name: stage for stage in stages()}
FINAL = stages()[-1]


def test_it_runs_the_job_and_hears_sigterm() -> None:
    """The exec form: a shell in between would not pass the signal on."""
    assert [json.loads(each) for each in FINAL.all("CMD")] == [
        ["python", "-m", "cocktailspace.analytics"]
    ]
    assert FINAL.all("ENTRYPOINT") == []


def test_it_does_not_run_as_root() -> None:
    words = [word for word, _ in FINAL.instructions]
    assert FINAL.all("USER") == ["1000:1000"]
    assert words.index("USER") > max(i for i, word in enumerate(words) if word in ("COPY", "RUN"))
    owner = resolve("prod").resource("FileSystemAccessPoint")["PosixUser"]
    assert (owner["Uid"], owner["Gid"]) == ("1000", "1000")


def test_what_is_copied_is_there_and_sent_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    sent = [each[1:] for each in ignored if each.startswith("!")]
    assert ignored[0] == "*"
    for stage in stages():
        for copy in stage.all("COPY"):
            source = copy.split()[-2]
            if "--from=" not in copy:
                assert (ROOT / source).exists(), source
                assert any(fnmatch.fnmatch(source, each) for each in sent), source


def test_no_build_tools_are_left() -> None:
    """Wheels only, into an environment without pip; the base image's own pip goes."""
    assert all("apt-get" not in run for stage in stages() for run in stage.all("RUN"))
    assert FINAL.base == "base"
    assert "pip uninstall" in FINAL.all("RUN")[0]
    [install] = [run for run in BY_NAME["build"].all("RUN") if "pip" in run]
    for wanted in ("--without-pip", "--only-binary=:all:", "--require-hashes", "--no-cache-dir"):
        assert wanted in install
    assert "flit" not in (ROOT / "requirements" / "job.txt").read_text()


def test_base_images_are_slim_and_of_the_functions_python() -> None:
    runtime = resolve("prod").functions["CocktailLambda"].runtime.removeprefix("python")
    bases = [stage.base for stage in stages() if ":" in stage.base]
    assert len(bases) == 2
    for base in bases:
        assert re.fullmatch(rf"python:{re.escape(runtime)}-slim-[a-z]+", base)
    text = (ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"/lib/python([0-9.]+)/", text)) == {runtime}


@pytest.mark.parametrize("architecture", ["arm64", "amd64"])
def test_native_code_is_made_and_looked_for_under_the_same_names(architecture: str) -> None:
    """What it is filed under must not depend on the machine."""
    inherited = variables(BY_NAME[f"base-{architecture}"]) | variables(BY_NAME["base"])
    assert inherited["NUMBA_CPU_FEATURES"] == ""
    assert BY_NAME["build"].base == FINAL.base == "base"
    for stage in (BY_NAME["build"], FINAL):
        assert not [each for each in stage.all("ENV") if "NUMBA" in each or "NATIVE" in each]
    environment = {**os.environ, **inherited, "PATH": os.environ["PATH"]}
    script = (
        "from cocktailspace.analytics.native.kept import processor;print(processor() == ({!r}, ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script.format(inherited["NUMBA_CPU_NAME"])],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "True"


def test_the_native_code_is_copied_from_where_it_is_made() -> None:
    folder = variables(BY_NAME["base"])["NATIVE_CODE_PATH"]
    assert f"--from=build --chown=1000:1000 {folder} {folder}" in FINAL.all("COPY")
    assert "scripts/compile_engine.py" in " ".join(BY_NAME["build"].all("COPY"))
