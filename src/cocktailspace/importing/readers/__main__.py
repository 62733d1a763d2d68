"""The child that reads a file from standard input and says its rows on standard output."""

import json
import resource
import sys

from cocktailspace.importing.readers.files import read_file
from cocktailspace.importing.readers.keys import Mapped
from cocktailspace.importing.rows import UnreadableError, as_objects


def main() -> None:
    """Read within bounds that the system keeps."""
    settings = json.loads(sys.argv[1])
    limits = {
        resource.RLIMIT_AS: settings["memory"],
        resource.RLIMIT_CPU: int(settings["seconds"]) + 1,
        resource.RLIMIT_FSIZE: 0,  # nothing is written
        resource.RLIMIT_CORE: 0,
    }
    for which, limit in limits.items():
        resource.setrlimit(which, (limit, limit))
    body = sys.stdin.buffer.read()
    try:
        found = read_file(settings["name"], body, Mapped(settings["mapping"]))
        text = json.dumps(as_objects(found), ensure_ascii=False)
    except UnreadableError as error:
        text = json.dumps({"error": str(error), "headers": error.headers})
    except RecursionError:
        text = json.dumps({"error": "it is nested too deep"})
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
