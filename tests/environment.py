"""What these tests do not see of the environment in which they are run."""

import os

from cocktailspace.settings import Settings

_OTHERS = ("AWS_", "GIT_", "PG")
"""Beginnings of names by which boto3, git and libpq go where nobody has sent them."""
_LOOKS = {"CLICOLOR_FORCE", "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR"}
_LOOPBACK = "127.0.0.1,localhost,::1"


def leave_environment() -> None:
    """Forget what is set for another program, or for a server of ours, and a private umask. What is
    reached on this machine is reached without a proxy.
    """
    ours = {name.upper() for name in Settings.model_fields}
    for name in list(os.environ):
        if name in ours or name in _LOOKS or name.startswith(_OTHERS):
            del os.environ[name]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = _LOOPBACK
    os.umask(0o022)
