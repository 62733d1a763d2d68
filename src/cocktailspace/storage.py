"""Where the catalogue and the published artifacts lie, as the settings have it."""

from pathlib import Path

from cocktailspace.artifacts.folder import FolderStore
from cocktailspace.artifacts.store import ArtifactStore
from cocktailspace.settings import Settings, SettingsError


def choose_store(settings: Settings) -> ArtifactStore:
    """The store of the artifacts: a bucket where one is set, else a folder."""
    if settings.analytics_bucket is None:
        return FolderStore(settings.artifacts_folder)
    try:  # boto3 is an extra
        import boto3  # noqa: PLC0415

        from cocktailspace.artifacts.s3 import S3Store  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = "ANALYTICS_BUCKET is set, which takes more: pip install 'cocktailspace[aws]'"
        raise SettingsError(message) from error
    if boto3.Session().region_name is None:
        raise SettingsError("ANALYTICS_BUCKET is set, but no region: set AWS_DEFAULT_REGION")
    return S3Store(settings.analytics_bucket)


def catalogue_file(settings: Settings) -> Path:
    """The SQLite file of the catalogue. Raises SettingsError where it is no file."""
    if settings.database_url is None:
        return settings.catalogue_file
    from sqlalchemy import make_url  # noqa: PLC0415 - takes longer to load than a job to run

    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise SettingsError("DATABASE_URL: analytics need a SQLite file, sqlite:////path/to/it")
    return Path(url.database)
