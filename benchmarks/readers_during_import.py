"""How long readers wait while a large catalogue is imported over HTTP.

`python -m benchmarks.readers_during_import [--recipes 50000] [--network]` starts a server, imports
that many recipes and asks it meanwhile, again and again, for its health, a recipe and a search.
With `--network` the database has a rollback journal, as on a network file system, where readers
have to wait for a commit.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path

from tests.load.harness import Server, request

from benchmarks.growth import made_up

PATHS = ("/healthz", "/api/v1/recipes/1", "/api/v1/recipes?name=sour&limit=20")


def main() -> None:
    """Measure and print one line for each path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipes", type=int, default=50_000)
    parser.add_argument("--network", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DB_NETWORK_FILE_SYSTEM": str(arguments.network).lower()}
        server = Server(Path(folder), **environment)
        token = server.command("token", "new", "bench", "--role", "admin").strip()
        server.start()
        try:
            _measure(server.port, token, made_up(arguments.recipes))
        finally:
            server.stop()


def _measure(port: int, token: str, document: dict[str, object]) -> None:
    done = threading.Event()
    waits: dict[str, list[float]] = {path: [] for path in PATHS}
    failed: dict[str, int] = dict.fromkeys(PATHS, 0)

    def read(path: str) -> None:
        while not done.is_set():
            started = time.perf_counter()
            status = request(port, "GET", path)[0]
            waits[path].append(time.perf_counter() - started)
            failed[path] += status != 200
            time.sleep(0.01)

    readers = [threading.Thread(target=read, args=(path,)) for path in PATHS]
    for reader in readers:
        reader.start()
    time.sleep(1)
    started = time.perf_counter()
    headers = {"Authorization": f"Bearer {token}"}
    status, _, answer = request(port, "POST", "/api/v1/catalogue/import", document, **headers)
    seconds = time.perf_counter() - started
    done.set()
    for reader in readers:
        reader.join()
    print(f"import: {status} in {seconds:.1f} s, {answer}")
    for path, found in waits.items():
        ordered = sorted(found)
        p99 = ordered[int(0.99 * (len(ordered) - 1))]
        print(
            f"{path:<36} {len(found):>5} answers, {failed[path]} failed, "
            f"p50 {ordered[len(ordered) // 2]:.3f} s, p99 {p99:.3f} s, longest {ordered[-1]:.3f} s"
        )


if __name__ == "__main__":
    main()
