"""A bar's first call on Lambda: `python -m benchmarks.first_call`.

Asks the catalogue and the published run that the environment names (DB_PATH, ANALYTICS_PATH), each
time in a process of its own, over the function's handler: from the import of the program to the
answer, without Lambda's own start and what its file system adds. Prints medians.
"""

import argparse
import importlib
import json
import resource
import statistics
import subprocess
import sys
import time
from typing import Any

QUESTIONS = {
    "a bar": {"ingredients": list(range(1, 41))},
    "with likes and a wish": {"ingredients": list(range(1, 41)), "likes": [1, 2, 3], "wish": 78},
}


def event(question: dict[str, Any]) -> dict[str, Any]:
    """A request as the HTTP API hands it on."""
    path = "/api/v1/bar"
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": "POST", "path": path, "sourceIp": "192.0.2.1"}},
        "body": json.dumps(question),
        "isBase64Encoded": False,
    }


def first_call(question: dict[str, Any]) -> dict[str, float]:
    """Seconds and megabytes of this process's first call and its second."""
    moments = [time.perf_counter()]

    def lap() -> float:
        moments.append(time.perf_counter())
        return moments[-1] - moments[-2]

    functions = importlib.import_module("cocktailspace.api.lambda_handler")
    took = {"imports": lap()}
    functions.lambda_services()
    took["services"] = lap()
    for call in ("first call", "second call"):
        answer = functions.handler(event(question), None)
        if answer["statusCode"] != 200:
            raise SystemExit(answer["body"])
        took[call] = lap()
    took["in all"] = took["imports"] + took["services"] + took["first call"]
    took["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return took


def medians(asked: str, times: int) -> dict[str, float]:
    """Of fresh processes."""
    command = [sys.executable, "-m", "benchmarks.first_call", "--one", asked]
    found = [
        json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        for _ in range(times)
    ]
    return {key: statistics.median(each[key] for each in found) for key in found[0]}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--one", choices=list(QUESTIONS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(first_call(QUESTIONS[given.one])))
        return
    rows = {asked: medians(asked, given.times) for asked in QUESTIONS}
    columns = list(next(iter(rows.values())))
    print("| | " + " | ".join(columns) + " |\n" + "|---" * (len(columns) + 1) + "|")
    for asked, took in rows.items():
        cells = (f"{took[each]:.0f}" if each == "MB" else f"{took[each]:.2f} s" for each in columns)
        print(f"| {asked} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
