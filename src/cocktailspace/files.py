"""Files that are there whole, or not at all."""

import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file anew: on disk for good, then renamed over the old one.

    Whoever reads it meanwhile sees all of the old or all of the new one. Raises OSError, and
    leaves nothing behind.
    """
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
