"""Ten strangers at their worst, and what an eleventh client and the server notice of it:
`python -m benchmarks.strangers [--recipes 1356] [--seconds 20]
[--folder FOLDER] [--source CHECKOUT]`.
(README says how the other processes of a shared machine are kept out of the figures.)

Each of ten addresses asks for exports in 4 loops, reads `recipe-similar` 20 times at 4 KB a second,
sends 64 MB of brackets as an import without a token, 1 MB of empty ingredients to be placed, has
valid drafts of 100 lines placed in 2 loops, and searches in 2 loops. Meanwhile an eleventh client
asks for a recipe and for `/healthz` in turn.

--source: the checkout whose server is measured instead of this one's.
"""

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.growth import Site, make
from benchmarks.whole_job import catalogue_text

ADDRESSES = tuple(f"127.0.1.{number}" for number in range(1, 11))
REAL = 1_356
EXPORT_LOOPS, SLOW_READERS, SEARCH_LOOPS, DRAFT_LOOPS, DRAFT_LINES = 4, 20, 2, 2, 100
IMPORT = b"[" + b"[]," * 22_000_000 + b"[]]"
PLACE = json.dumps({"ingredients": [{}] * 250_000}).encode()

Attack = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def head(method: str, path: str, length: int = 0) -> bytes:
    """The head of a request that ends its connection."""
    lines = (
        f"{method} {path} HTTP/1.1",
        "Host: x",
        "Accept-Encoding: gzip",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode()


async def read_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> None:
    """Ask, and take the answer as fast as it comes."""
    writer.write(sent)
    while await reader.read(2**18):
        pass


async def export(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Of the whole catalogue, not compressed."""
    sent = head("GET", "/api/v1/catalogue/export").replace(b"gzip", b"identity")
    await read_all(reader, writer, sent)


def search(words: list[str]) -> Attack:
    """For a long page of recipes with a word."""

    async def search_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = f"/api/v1/recipes?name={random.choice(words)}&limit=200"
        await read_all(reader, writer, head("GET", path))

    return search_one


async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An artifact at 4 KB a second."""
    sent = head("GET", "/api/v1/analytics/recipe-similar").replace(b"gzip", b"identity")
    writer.write(sent)
    while await reader.read(4_096):
        await asyncio.sleep(1)


async def brackets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An import without a token."""
    writer.write(head("POST", "/api/v1/catalogue/import", len(IMPORT)))
    for start in range(0, len(IMPORT), 2**20):
        writer.write(IMPORT[start : start + 2**20])
        await writer.drain()
    await reader.read(2**16)


async def place(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A draft of 250,000 ingredients, none of which is one."""
    await read_all(reader, writer, head("POST", "/api/v1/analytics/place", len(PLACE)) + PLACE)


def place_valid(ingredient_ids: list[int]) -> Attack:
    """Drafts as long as they may be, a new one each time."""

    async def place_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chosen = random.sample(ingredient_ids, min(DRAFT_LINES, len(ingredient_ids)))
        lines = [{"ingredient_id": each, "amount": random.uniform(1, 90)} for each in chosen]
        body = json.dumps({"ingredients": lines}).encode()
        await read_all(reader, writer, head("POST", "/api/v1/analytics/place", len(body)) + body)

    return place_one


async def again_and_again(port: int, address: str, attack: Attack) -> None:
    """For ever."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(address, 0), limit=8_192 if attack is slow else 2**18
            )
            try:
                await attack(reader, writer)
            finally:
                writer.close()
        await asyncio.sleep(0.01)


def attack(port: int, ingredient_ids: list[int], words: list[str]) -> None:
    """All of it, until this process is ended."""

    async def everything() -> None:
        loops = []
        for address in ADDRESSES:
            attacks = [export] * EXPORT_LOOPS + [slow] * SLOW_READERS + [brackets, place]
            attacks += [search(words)] * SEARCH_LOOPS + [place_valid(ingredient_ids)] * DRAFT_LOOPS
            loops += [again_and_again(port, address, each) for each in attacks]
        await asyncio.gather(*loops)

    asyncio.run(everything())


def guests_times(site: Site, seconds: float) -> dict[str, list[float]]:
    """Milliseconds of an eleventh client's requests."""
    found: dict[str, list[float]] = {"/api/v1/recipes/1": [], "/healthz": []}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path, times in found.items():
            times.append(site.ask("GET", path)[0])
            time.sleep(0.02)
    return found


class Memory(threading.Thread):
    """The most that a process holds, looked at ten times a second."""

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self._site = site
        self.most_mb = 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        """Look."""
        while not self.ended.wait(0.1):
            self.most_mb = max(self.most_mb, self._site.memory_mb())


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", type=int, default=1_356)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--folder", type=Path, help="keeps the catalogue for the next time")
    parser.add_argument("--source", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        site = Site((arguments.folder or Path(scratch)) / "site", arguments.recipes)
        if not site.settings.db_path.exists():
            recipes = None if arguments.recipes == REAL else arguments.recipes
            make(site, json.loads(catalogue_text(recipes)), 1)
        if arguments.source:
            os.environ["PYTHONPATH"] = str(arguments.source / "src")
        site.start()
        try:
            measure(site, arguments.seconds)
        finally:
            site.stop()


def measure(site: Site, seconds: float) -> None:
    """At rest, and under attack."""
    print(f"{site.recipes:,} recipes; at rest: {site.memory_mb():.0f} MB, {shown(site, 3.0)}")
    memory = Memory(site)
    memory.start()
    ids = [each["id"] for each in site.json("/api/v1/ingredients")["items"]]
    names = " ".join(each["name"] for each in site.json("/api/v1/recipes?limit=200")["items"])
    words = sorted(set(re.findall("[a-z]+", names.lower())))
    attacker = multiprocessing.Process(target=attack, args=(site.port, ids, words), daemon=True)
    attacker.start()
    time.sleep(3)
    try:
        found = shown(site, seconds)
    finally:
        memory.ended.set()
        attacker.terminate()
        attacker.join()
    print(f"attacked: at most {memory.most_mb:.0f} MB, {found}")


def shown(site: Site, seconds: float) -> str:
    """The eleventh client's times in words."""
    parts = []
    for path, times in guests_times(site, seconds).items():
        p99 = statistics.quantiles(times, n=100, method="inclusive")[98] if times[1:] else times[0]
        parts.append(
            f"{path.removeprefix('/api/v1')} {len(times)} times, "
            f"median {statistics.median(times):.0f} ms, p99 {p99:.0f} ms, "
            f"at most {max(times):.0f} ms"
        )
    return "; ".join(parts)


if __name__ == "__main__":
    main()
