"""Who computes for a job, as the settings have it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cocktailspace.analytics.transport.workers import THIS_MACHINE, Workers
from cocktailspace.settings import Settings, SettingsError


@contextmanager
def choose_workers(settings: Settings) -> Iterator[Workers]:
    """The workers of the Dask cluster where there is one, else threads of this machine."""
    if settings.analytics_cluster is None:
        yield THIS_MACHINE
        return
    try:  # distributed is an extra
        from cocktailspace.analytics.cluster import Certificates, Cluster  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"ANALYTICS_CLUSTER needs a package that is not installed ({error.name}): "
            "pip install 'cocktailspace[analytics,cluster]'"
        ) from error
    cluster = Cluster(
        settings.analytics_cluster,
        Certificates(
            certificate=_file(settings, "analytics_cluster_certificate"),
            key=_file(settings, "analytics_cluster_key"),
            authority=_file(settings, "analytics_cluster_ca"),
        ),
        instead=THIS_MACHINE if settings.analytics_without_cluster == "machine" else None,
    )
    try:
        yield cluster
    finally:
        cluster.close()


def _file(settings: Settings, name: str) -> Path:
    """The file that a setting names, or else that of the certificate."""
    if getattr(settings, name) is None:
        name = "analytics_cluster_certificate"
    file: Path | None = getattr(settings, name)
    if file is None or not file.is_file():
        raise SettingsError(f"{name.upper()}: there is no file {file}")
    return file
