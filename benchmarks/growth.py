"""What a large catalogue costs: `python -m benchmarks.growth [--recipes N] [--folder F]`.

Serves two catalogues side by side, the real one of 1,356 recipes and a made-up one of 100,000 with
1,000,000 changes in its log, and asks both the same in turn, so that the machine's noise meets both
alike. The analytics of both are what the job makes of them, which takes a minute or two.

--folder keeps the catalogues for the next time.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from tests.ports import free_port

from benchmarks.catalogues import real_catalogue_path
from benchmarks.synthetic import generate
from cocktailspace.api.searching import encode_cursor
from cocktailspace.bootstrap import build_services
from cocktailspace.catalogue.migrate import migrate
from cocktailspace.catalogue.search import Cursor
from cocktailspace.catalogue.transfer import import_file, parse_file
from cocktailspace.settings import Settings
from cocktailspace.times import to_text, utc_now

ALLOWED = 3.0
CHANGES = 1_000_000
SYLLABLES = [
    first + second for first in "bdfgklmnprstvz" for second in ("a", "el", "i", "or", "un")
]


@dataclass
class Site:
    """A catalogue with its server."""

    folder: Path
    recipes: int
    port: int = 0
    token: str = ""
    child: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        """Of this catalogue."""
        return Settings(
            db_path=self.folder / "catalogue.sqlite",
            analytics_path=self.folder / "artifacts",
            tokens_path=self.folder / "tokens.json",
        )

    @property
    def environment(self) -> dict[str, str]:
        """Of its server; nothing is due for ten hours."""
        return {
            **os.environ,
            **self.settings.environment(),
            "TOKENS_PATH": str(self.folder / "tokens.json"),
            "ANALYTICS_DEBOUNCE_MINUTES": "600",
            "MAX_WRITES_PER_MINUTE": "1000000",
        }

    def start(self) -> None:
        """Serve it."""
        self.token = self._command("token", "new", f"bench-{time.time_ns()}", "--role", "editor")
        self.port = free_port()
        code = "from cocktailspace.cli import main; main()"
        self.child = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--port", str(self.port)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )
        while not self._answers():
            if self.child.poll() is not None:
                raise SystemExit("the server ended; it says why above")
            time.sleep(0.05)

    def stop(self) -> None:
        """End its server."""
        if self.child is not None:
            self.child.terminate()
            self.child.wait()

    def memory_mb(self) -> float:
        """What its server holds."""
        assert self.child is not None
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[float, bytes]:
        """Milliseconds until the whole answer was there, and the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.connect()
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        started = time.perf_counter()
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, sent | headers)
        answer = connection.getresponse()
        text = answer.read()
        seconds = time.perf_counter() - started
        connection.close()
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]!r}")
        return 1000 * seconds, text

    def json(self, path: str) -> Any:
        """What is there."""
        return json.loads(self.ask("GET", path)[1])

    def _command(self, *arguments: str) -> str:
        command = [sys.executable, "-c", "from cocktailspace.cli import main; main()", *arguments]
        done = subprocess.run(command, env=self.environment, check=True, capture_output=True)
        return done.stdout.decode().strip()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            self.ask("GET", "/healthz")
            return True
        return False


def make(site: Site, document: dict[str, Any], changes: int) -> None:
    """Import a catalogue, lengthen its log, compute its analytics."""
    site.folder.mkdir(parents=True, exist_ok=True)
    services = build_services(site.settings)
    migrate(services.database)
    with services.database.transaction() as tx:
        import_file(tx, parse_file(json.dumps(document)))
    with services.database.engine.begin() as connection:
        made = connection.exec_driver_sql("SELECT max(version) FROM changes").scalar_one()
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO changes (changed_at, entity, entity_id, action) "
            "SELECT ?, 'recipe', 1 + abs(random()) % ?, 'update' FROM n WHERE i < ?",
            (made, changes, to_text(utc_now()), site.recipes, changes),
        )
    services.database.close()
    job = [sys.executable, "-m", "cocktailspace.analytics"]
    subprocess.run(job, env=site.environment, check=True, capture_output=True)


def named(count: int) -> list[str]:
    """Names as unlike each other, and as alike, as those of cocktails: of one to three words, some
    of which are in many names and most in few.
    """
    rng = np.random.default_rng(2)
    words = ["".join(rng.choice(SYLLABLES, rng.integers(2, 5))) for _ in range(6_000)]
    chances = 1 / np.arange(1, len(words) + 1) ** 0.9
    drawn = rng.choice(len(words), (count, 3), p=chances / chances.sum()).tolist()
    lengths = rng.integers(1, 4, count).tolist()
    seen: dict[str, int] = {}
    names = []
    for row, length in zip(drawn, lengths, strict=True):
        name = " ".join(words[each] for each in row[:length]).title()
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} No. {seen[name]}")
    return names


def made_up(count: int) -> dict[str, Any]:
    """A catalogue of so many recipes."""
    document = generate(count).document()
    for recipe, name in zip(document["recipes"], named(count), strict=True):
        recipe["name"] = name
    return document


@dataclass(frozen=True)
class Chosen:
    """What to ask a catalogue for."""

    common: str
    rare: str
    family: int
    second_family: int
    rare_ingredient: int
    middle: str
    ids: list[int]


def choose(site: Site) -> Chosen:
    """Words, ingredients and places that mean the same in a catalogue of any size."""
    with contextlib.closing(build_services(site.settings).database) as database:
        connection = database.engine.connect()
        rows = connection.exec_driver_sql("SELECT id, order_key FROM recipes ORDER BY 2").all()
        used = connection.exec_driver_sql(
            "SELECT ingredient_id, count(*) FROM recipe_ingredients GROUP BY 1 ORDER BY 2 DESC"
        ).all()
        above = dict(connection.exec_driver_sql("SELECT id, parent_id FROM ingredients").all())
        connection.close()
    counts: dict[str, int] = {}
    for _, key in rows:
        for word in set(key.split()):
            if len(word) > 3 and not key.startswith(("bench ", "bulk ", "changed ")):
                counts[word] = counts.get(word, 0) + 1
    families: dict[int, int] = {}
    for ingredient, count in used:
        root = ingredient
        while above[root] is not None:
            root = above[root]
        families[root] = families.get(root, 0) + count
    largest = sorted(families, key=lambda each: -families[each])
    middle = rows[int(0.9 * len(rows)) - 100]
    return Chosen(
        common=max(counts, key=lambda word: counts[word]),
        rare=min(counts, key=lambda word: counts[word]),
        family=largest[0],
        second_family=largest[1],
        rare_ingredient=next(each for each, count in reversed(used) if count >= 3),
        middle=middle[1],
        ids=[recipe_id for recipe_id, _ in rows if recipe_id <= site.recipes],
    )


Operation = Callable[[Site, Chosen, int], float]


def _get(path: str, **headers: str) -> Operation:
    def ask(site: Site, chosen: Chosen, turn: int) -> float:
        recipe = chosen.ids[(turn * 7919) % len(chosen.ids)]
        values = vars(chosen) | {"ids": "", "recipe": recipe, "cursor": _cursor(chosen.middle)}
        filled = path.format(**{name: quote(str(each)) for name, each in values.items()})
        return site.ask("GET", filled, **headers)[0]

    return ask


def _cursor(key: str) -> str:
    return encode_cursor(Cursor(0, key))


def _draft(chosen: Chosen, name: str) -> dict[str, Any]:
    lines = [
        {"ingredient_id": chosen.family, "amount": 60},
        {"ingredient_id": chosen.second_family, "amount": 20},
    ]
    return {"name": name, "ingredients": lines}


def _create(site: Site, chosen: Chosen, turn: int) -> float:
    return site.ask("POST", "/api/v1/recipes", _draft(chosen, f"Bench {time.time_ns()} {turn}"))[0]


def _made(site: Site, chosen: Chosen) -> int:
    draft = _draft(chosen, f"Bench {time.time_ns()}")
    return int(json.loads(site.ask("POST", "/api/v1/recipes", draft)[1])["id"])


def _replace(site: Site, chosen: Chosen, turn: int) -> float:
    draft = _draft(chosen, f"Changed {time.time_ns()} {turn}")
    return site.ask("PUT", f"/api/v1/recipes/{_made(site, chosen)}", draft)[0]


def _delete(site: Site, chosen: Chosen, _turn: int) -> float:
    return site.ask("DELETE", f"/api/v1/recipes/{_made(site, chosen)}")[0]


def _bulk(site: Site, chosen: Chosen, turn: int) -> float:
    drafts = [_draft(chosen, f"Bulk {time.time_ns()} {turn} {row}") for row in range(100)]
    return site.ask("POST", "/api/v1/recipes/bulk", {"recipes": drafts})[0]


def _place(site: Site, chosen: Chosen, _turn: int) -> float:
    lines = _draft(chosen, "")["ingredients"]
    return site.ask("POST", "/api/v1/analytics/place", {"ingredients": lines})[0]


def _per_recipe(operation: Operation) -> Operation:
    """Microseconds for each recipe of the catalogue."""
    return lambda site, chosen, turn: 1000 * operation(site, chosen, turn) / site.recipes


def _unchanged(site: Site, _chosen: Chosen, _turn: int) -> float:
    manifest = site.json("/api/v1/analytics/manifest")
    path = f"/api/v1/analytics/runs/{manifest['run_id']}/cocktail-space-em"
    etag = f'"{manifest["artifacts"]["cocktail-space-em"]["sha256"]}"'
    return site.ask("GET", path, **{"If-None-Match": etag})[0]


MAP = "/api/v1/analytics/cocktail-space-em"
FIRST: dict[str, Operation] = {
    "one recipe's similar ones, the first of a run": _get(
        "/api/v1/analytics/recipe-similar?recipe_id={recipe}"
    ),
    "placing a draft, the first of a run: µs a recipe": _per_recipe(_place),
    "the map, compressed for the first time: µs a recipe": _per_recipe(
        _get(MAP, **{"Accept-Encoding": "gzip"})
    ),
}
OPERATIONS: dict[str, Operation] = {
    "list, first page": _get("/api/v1/recipes"),
    "list, from nine tenths on": _get("/api/v1/recipes?cursor={cursor}"),
    "search: a common word": _get("/api/v1/recipes?name={common}"),
    "search: a rare word": _get("/api/v1/recipes?name={rare}"),
    "search: a word in no name": _get("/api/v1/recipes?name=xyzzy"),
    "search: two letters in no name": _get("/api/v1/recipes?name=xq"),
    "search: one letter": _get("/api/v1/recipes?name=z"),
    "ingredient: the largest family": _get("/api/v1/recipes?ingredient={family}"),
    "ingredient: a rare one": _get("/api/v1/recipes?ingredient={rare_ingredient}"),
    "ingredients: two large families": _get(
        "/api/v1/recipes?ingredient={family}&ingredient={second_family}"
    ),
    "a family and a common word": _get("/api/v1/recipes?ingredient={family}&name={common}"),
    "one recipe": _get("/api/v1/recipes/{recipe}"),
    "one ingredient": _get("/api/v1/ingredients/{family}"),
    "tree of ingredients": _get("/api/v1/ingredients/tree"),
    "create": _create,
    "replace": _replace,
    "delete": _delete,
    "create 100 at once": _bulk,
    "status": _get("/api/v1/refresh"),
    "metrics": _get("/metrics"),
    "manifest": _get("/api/v1/analytics/manifest"),
    "one recipe's similar ones": _get("/api/v1/analytics/recipe-similar?recipe_id={recipe}"),
    "placing a draft": _place,
    "the map, unchanged (304)": _unchanged,
    "first page": _get("/"),
    "page of a recipe": _get("/recipe/{recipe}"),
    "page of an ingredient": _get("/ingredient/{family}"),
    "page of names": _get("/recipes?after={cursor}"),
}
LINEAR: dict[str, Operation] = {
    "export: µs a recipe": _per_recipe(_get("/api/v1/catalogue/export")),
}


def compare(small: Site, large: Site, repeats: int) -> Iterator[tuple[str, float, float]]:
    """Operation, and what it took on either: the median of asking both in turn."""
    sites = [(site, choose(site)) for site in (small, large)]
    plan = [(FIRST, 1), (OPERATIONS, repeats), (LINEAR, 3)]
    for operations, times in plan:
        for name, operation in operations.items():
            took: tuple[list[float], list[float]] = ([], [])
            for turn in range(times):
                for number, (site, chosen) in enumerate(sites):
                    took[number].append(operation(site, chosen, turn))
            yield name, statistics.median(took[0]), statistics.median(took[1])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=21)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    real = real_catalogue_path()
    if not real.exists():
        raise SystemExit(f"the real catalogue is not at {real} (COCKTAILSPACE_SHARED says where)")
    folder = arguments.folder or Path(tempfile.mkdtemp())
    document = json.loads(real.read_text())
    small = Site(folder / "small", len(document["recipes"]))
    large = Site(folder / "large", arguments.recipes)
    try:
        for site, changes in ((small, 0), (large, CHANGES)):
            if not site.folder.exists():
                make(site, document if site is small else made_up(site.recipes), changes)
            site.start()
        print(f"| | {small.recipes:,} recipes | {large.recipes:,} | ratio |\n|---|---|---|---|")
        for name, before, after in compare(small, large, arguments.repeats):
            ratio = after / before
            mark = f"**{ratio:.1f}**" if ratio > ALLOWED else f"{ratio:.1f}"
            unit = "µs" if "µs" in name else "ms"
            row = name.partition(": µs")[0], f"{before:.1f} {unit}", f"{after:.1f} {unit}", mark
            print("| " + " | ".join(row) + " |", flush=True)
        print(f"| server's memory | {small.memory_mb():.0f} MB | {large.memory_mb():.0f} MB | |")
    finally:
        small.stop()
        large.stop()
        if arguments.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
