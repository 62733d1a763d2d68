"""Where the catalogue and the published artifacts lie, as the settings have it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.setting_types import StoreName
from cocktailspace.settings import Settings, SettingsError

if TYPE_CHECKING:  # it takes longer to load than a job to run
    from sqlalchemy import URL


def choose_store(settings: Settings) -> ArtifactStore:
    """The store of the artifacts that ANALYTICS_STORE names."""
    return _STORES[settings.analytics_store](settings)


def _folder(settings: Settings) -> ArtifactStore:
    return FolderStore(settings.artifacts_folder)


def _s3(settings: Settings) -> ArtifactStore:
    try:  # boto3 is an extra
        import boto3  # noqa: PLC0415

        from cocktailspace.artifacts.s3 import S3Store  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = "ANALYTICS_STORE=s3 takes more packages: pip install 'cocktailspace[aws]'"
        raise SettingsError(message) from error
    if boto3.Session().region_name is None:
        raise SettingsError("ANALYTICS_STORE=s3 needs a region: set AWS_DEFAULT_REGION")
    if settings.analytics_bucket is None:
        raise SettingsError("ANALYTICS_STORE=s3 needs ANALYTICS_BUCKET")
    return S3Store(settings.analytics_bucket)


_STORES: dict[StoreName, Callable[[Settings], ArtifactStore]] = {"folder": _folder, "s3": _s3}
"""A further store is a module of `artifacts` and a line here."""


def catalogue_source(settings: Settings) -> "Path | URL":
    """What the job reads: the SQLite file of the catalogue, or the URL of another database."""
    if settings.database_url and settings.catalogue_url.get_backend_name() != "sqlite":
        return settings.catalogue_url
    return catalogue_file(settings)


def catalogue_file(settings: Settings) -> Path:
    """The SQLite file of the catalogue. Raises SettingsError where it is no file."""
    if settings.database_url is None:
        return settings.catalogue_file
    name = settings.catalogue_url.database
    if not name or name == ":memory:":
        raise SettingsError("DATABASE_URL: analytics need a file, sqlite:////path/to/it")
    return Path(name)
