"""The folder in which numba caches compiled code: it must be writable, or every job compiles."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cocktailspace.files import scratch_folder


@contextmanager
def writable_code_cache() -> Iterator[None]:
    """Let numba work on a copy of NUMBA_CACHE_DIR where that may only be read, as in an image.

    To be entered before numba is loaded, which reads the variable then.
    """
    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    if not os.path.isdir(folder) or os.access(folder, os.W_OK):
        yield
        return
    with scratch_folder(Path(tempfile.gettempdir()), ".cocktailspace-code-") as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        copy.chmod(0o700)  # the copied mode may be read-only
        os.environ["NUMBA_CACHE_DIR"] = str(copy)
        yield
