"""The images of the job and of the server, as far as can be told without building them."""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from cocktailspace import __version__
from cocktailspace.settings import Settings
from tests.aws.resolve import resolve
from tests.conftest import ROOT, need

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
JOB, SERVE, INSTALLED = BY_NAME["job"], BY_NAME["serve"], BY_NAME["installed"]
RUNTIME = resolve("prod").functions["CocktailLambda"].runtime.removeprefix("python")


@pytest.mark.parametrize(
    ("stage", "command"),
    [(JOB, ["python", "-m", "cocktailspace.analytics"]), (SERVE, ["cocktailspace", "serve"])],
    ids=["job", "serve"],
)
def test_it_runs_its_command_and_hears_sigterm(stage: Stage, command: list[str]) -> None:
    """The exec form: a shell in between would not pass the signal on."""
    assert [json.loads(each) for each in stage.all("CMD")] == [command]
    assert stage.all("ENTRYPOINT") == []


def test_the_job_is_what_is_built_unless_another_is_asked_for() -> None:
    assert stages()[-1] == JOB


def test_they_do_not_run_as_root() -> None:
    words = [word for word, _ in INSTALLED.instructions]
    assert INSTALLED.all("USER") == ["1000:1000"]
    assert words.index("USER") > max(i for i, word in enumerate(words) if word in ("COPY", "RUN"))
    for stage in (JOB, SERVE):
        assert stage.base == "installed"
        assert not {"RUN", "COPY", "ADD", "USER"} & {word for word, _ in stage.instructions}
    owner = resolve("prod").resource("FileSystemAccessPoint")["PosixUser"]
    assert (owner["Uid"], owner["Gid"]) == ("1000", "1000")


def test_all_data_of_the_server_is_in_its_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    [volume], [place] = SERVE.all("VOLUME"), SERVE.all("WORKDIR")
    monkeypatch.chdir(place)
    settings = Settings()
    for path in (settings.catalogue_file, settings.artifacts_folder, settings.tokens_file):
        assert path.is_relative_to(volume)
    assert f"--owner=1000 --group=1000 {volume}" in INSTALLED.all("RUN")[0]
    assert "HOST" in variables(SERVE)


def test_compose_builds_what_is_there_and_sets_what_there_is() -> None:
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    service, caddy = compose["services"]["cocktailspace"], compose["services"]["caddy"]
    assert BY_NAME[service["build"]["target"]] == SERVE
    assert [each.partition(":")[2] for each in service["volumes"]] == SERVE.all("VOLUME")
    assert {name.lower() for name in service["environment"]} < set(Settings.model_fields)
    asked = set(re.findall(r"{\$([A-Z]+)", (ROOT / "deploy" / "Caddyfile").read_text()))
    assert set(caddy["environment"]) == asked
    assert caddy["environment"]["UPSTREAM"] == f"cocktailspace:{SERVE.all('EXPOSE')[0]}"


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
    assert INSTALLED.base == "base"
    assert "pip uninstall" in INSTALLED.all("RUN")[0]
    [install] = [run for run in BY_NAME["build"].all("RUN") if "pip" in run]
    for wanted in ("--without-pip", "--only-binary=:all:", "--require-hashes", "--no-cache-dir"):
        assert wanted in install
    assert "flit" not in (ROOT / "requirements" / "job.txt").read_text()


def test_the_base_image_is_slim_and_of_the_functions_python() -> None:
    [base] = [stage.base for stage in stages() if ":" in stage.base]
    assert re.fullmatch(rf"python:{re.escape(RUNTIME)}-slim-[a-z]+", base)
    text = (ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"/lib/python([0-9.]+)/", text)) == {RUNTIME}


def test_compiled_code_is_made_and_looked_for_under_the_same_names() -> None:
    """What it is filed under must not depend on the machine."""
    inherited = variables(BY_NAME["base"])
    assert BY_NAME["build"].base == INSTALLED.base == "base"
    for stage in (BY_NAME["build"], INSTALLED, JOB, SERVE):
        assert not [each for each in stage.all("ENV") if "NUMBA" in each]
    assert inherited["NUMBA_CPU_NAME"] == "generic"
    folder = inherited["NUMBA_CACHE_DIR"]
    assert f"--from=build --chown=1000:1000 {folder} {folder}" in INSTALLED.all("COPY")
    assert "scripts/compile_engine.py" in " ".join(BY_NAME["build"].all("COPY"))


@pytest.mark.slow
def test_its_steps_work_on_a_bare_python_of_the_images_version(tmp_path: Path) -> None:
    """The stage that builds, below a folder of its own. scripts/try-image.sh builds the image."""
    found = subprocess.check_output([ROOT / "scripts" / "find-pythons.sh"], text=True).split()
    pythons = [python for python in found if python.endswith(f"python{RUNTIME}")]
    need(pythons, f"Python {RUNTIME}")
    if sys.version.split(".")[:2] != RUNTIME.split("."):
        pytest.skip(f"for the image's Python: make test PYTHON={pythons[0]}, as .ci/run does")
    subprocess.run([pythons[0], "-m", "venv", tmp_path / "usr"], check=True)

    def below(text: str) -> str:
        return re.sub(r"(?<![\w.$/])/(?=(opt|build)\b)", f"{tmp_path}/", text)

    base = {name: below(value) for name, value in variables(BY_NAME["base"]).items()}
    path = base["PATH"].replace("$PATH", f"{tmp_path}/usr/bin:{os.environ['PATH']}")
    # No cache of the person's who runs this, and none of their settings.
    # Bytecode of what is not imported here would take as long as all the rest.
    environment = {**base, "PATH": path, "HOME": str(tmp_path), "PIP_NO_COMPILE": "1"}
    environment |= {key: text for key, text in os.environ.items() if key.startswith("PIP_")}
    for word, rest in BY_NAME["build"].instructions:
        if word == "COPY":
            source, target = rest.split()
            _copy(ROOT / source, Path(below(target)), into=target.endswith("/"))
        else:
            assert word == "RUN"
            subprocess.run(["sh", "-ec", below(rest)], env=environment, cwd=tmp_path, check=True)
    again = subprocess.run(
        ["python", tmp_path / "build" / "compile_engine.py"],
        env=environment | {"NUMBA_DEBUG_CACHE": "1"},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "data loaded" in again
    assert "data saved" not in again, "the job would compile what the image should hold"
    version = ["cocktailspace", "--version"]  # as found on the image's PATH
    said = subprocess.check_output(version, env=environment, cwd=tmp_path, text=True)
    assert said == f"cocktailspace {__version__}\n"


def _copy(source: Path, target: Path, *, into: bool) -> None:
    """As COPY does."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target = target / source.name if into else target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def test_both_packages_bring_the_certificates_that_lie_there() -> None:
    """Where `tests/aws/database.py` has the database's URLs look for them."""
    assert "deploy/certificates /opt/certificates" in INSTALLED.all("COPY")
    script = (ROOT / "scripts" / "build-lambda.sh").read_text()
    assert 'cp -R src/cocktailspace deploy/certificates "$out/api/"' in script
