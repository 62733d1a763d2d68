"""The settings: read once from environment variables."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cocktailspace.logs import LogFormat, LogLevel
from cocktailspace.setting_types import (
    AbsolutePath,
    ClusterAddress,
    Count,
    DatabaseUrl,
    HttpsAddress,
    JobsName,
    Minutes,
    Port,
    SchedulerName,
    Scopes,
    Seconds,
    Starter,
    StoreName,
    WithoutCluster,
    absolute,
)

if TYPE_CHECKING:  # it takes longer to load than a job to run
    from sqlalchemy import URL

DATA = Path("data")


_SCHEDULE = (
    "analytics_schedule_name",
    "analytics_trigger_function",
    "analytics_scheduler_role_arn",
)
_BATCH = ("batch_job_queue", "batch_job_definition")


class SettingsError(Exception):
    """A setting is invalid; the message names the variable and says what to do."""


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    db_path: AbsolutePath | None = Field(None, description="SQLite file of the catalogue")
    database_url: DatabaseUrl | None = Field(
        None,
        description="SQLAlchemy URL of a SQLite file or of a PostgreSQL database, instead of "
        "DB_PATH",
    )
    database_connections: Count = Field(
        10, description="Connections that one server has to PostgreSQL at most"
    )
    db_network_file_system: bool = Field(
        False, description="The SQLite file lies on NFS or EFS: use a rollback journal, not WAL"
    )
    migrate_at_start: bool = Field(
        True,
        description="Make or upgrade the catalogue when a server or an import starts; false where "
        "several hosts share it: then `cocktailspace migrate` alone does",
    )
    starter_catalogue: Starter = Field(
        "recipes",
        description="What a new catalogue begins with: well-known `recipes` and all that they "
        "need, its `ingredients` and units alone, or `none` of it",
    )
    analytics_path: AbsolutePath | None = Field(
        None, description="Folder for the published artifacts"
    )
    analytics_bucket: str | None = Field(None, description="S3 bucket for the artifacts")
    analytics_store: StoreName = Field(
        "folder",
        description="Where artifacts are published: in a `folder`, or in `s3`, which is the "
        "default where ANALYTICS_BUCKET is set",
    )
    analytics_scheduler: SchedulerName = Field(
        "local",
        description="What starts a refresh after edits: `local`, a thread of the server, or "
        "`eventbridge`, which is the default where ANALYTICS_SCHEDULE_NAME is set",
    )
    analytics_jobs: JobsName = Field(
        "local",
        description="Where jobs run: `local`, as processes of the server's machine, or in AWS "
        "`batch`, which is the default where BATCH_JOB_QUEUE or ANALYTICS_SCHEDULE_NAME is set",
    )
    analytics_debounce_minutes: Minutes | None = Field(
        None, description="How long a refresh waits for edits to end (a fraction is allowed)"
    )
    analytics_max_wait_minutes: Minutes | None = Field(
        None, description="How long edits can put a refresh off at most"
    )
    analytics_schedule_name: str | None = Field(
        None, description="EventBridge schedule that starts a refresh; edits move it"
    )
    analytics_trigger_function: str | None = Field(
        None, description="ARN of the function that the schedule invokes, which submits the job"
    )
    analytics_scheduler_role_arn: str | None = Field(
        None, description="ARN of the role in which the schedule invokes it"
    )
    analytics_scheduler_dlq_arn: str | None = Field(
        None, description="ARN of the queue for what the schedule could not deliver"
    )
    batch_job_queue: str | None = Field(
        None, description="Batch queue to which the trigger submits jobs"
    )
    batch_job_definition: str | None = Field(
        None, description="Batch job definition that the trigger submits"
    )
    analytics_cluster: ClusterAddress | None = Field(
        None,
        description="Dask scheduler, `tls://host:8786`, on whose workers a job of more than 2,000 "
        "recipes seeks neighbours and makes transport plans",
    )
    analytics_cluster_certificate: AbsolutePath | None = Field(
        None, description="PEM file of the certificate with which a job shows itself to the cluster"
    )
    analytics_cluster_key: AbsolutePath | None = Field(
        None, description="PEM file of its private key, where it is not in the same file"
    )
    analytics_cluster_ca: AbsolutePath | None = Field(
        None,
        description="PEM file of the certificates whose signature a job trusts in the cluster, "
        "where it is not that certificate",
    )
    analytics_without_cluster: WithoutCluster = Field(
        "machine",
        description="What a job does when the cluster is lost or cannot be used: compute on its "
        "`machine`, or `fail`",
    )
    analytics_job_minutes: Minutes = Field(
        120.0,
        gt=0,
        description="How long a job may take on this machine before it is ended and fails",
    )
    analytics_overdue_minutes: Minutes = Field(
        5.0,
        description="How much longer than the longest wait and two jobs a change may stay "
        "unpublished before `/healthz/refresh` turns red",
    )
    log_format: LogFormat = Field("text", description="`text`, or `json`: one object a line")
    log_level: LogLevel = Field("info", description="`debug`, `info`, `warning` or `error`")
    host: str = Field("127.0.0.1", description="Address that `serve` listens on")
    port: Port = Field(8000, description="Port that `serve` listens on")
    shutdown_seconds: Seconds = Field(
        10.0, description="Time in which a server that is told to end does, and its job with it"
    )
    forwarded_allow_ips: str = Field(
        "127.0.0.1",
        description="Addresses or networks of reverse proxies, separated by commas, whose word on "
        "the client's address is taken",
    )
    max_body_bytes: Count = Field(1_048_576, description="Size of one request")
    max_import_bytes: Count = Field(33_554_432, description="Size of one imported file, over HTTP")
    max_request_seconds: Seconds = Field(
        60.0, description="Time that a request may take to arrive: its head, and then its body"
    )
    max_connections: Count = Field(
        1_000, description="Open connections; one address may have a quarter of them"
    )
    max_writes_per_minute: Count = Field(
        600, description="Writes with one token, and failed attempts of one client address"
    )
    tokens_path: AbsolutePath | None = Field(
        None,
        description="File of the access tokens, stored hashed; in PostgreSQL they lie in the "
        "database",
    )
    oidc_issuer: HttpsAddress | None = Field(
        None, description="URL of an OpenID Connect issuer whose tokens may write"
    )
    oidc_audience: str | None = Field(
        None, description="Audience that such a token must have, or, where it has none, `client_id`"
    )
    oidc_client_id: str | None = Field(
        None, description="Client as which the page signs people in at that issuer: a public one"
    )
    oidc_scopes: Scopes = Field(
        "openid", description="Scopes that the page asks for, separated by spaces"
    )
    oidc_groups_claim: str = Field("groups", description="Claim that lists the groups of a user")
    oidc_editor_group: str = Field("editor", description="Group that may edit")
    oidc_admin_group: str = Field("admin", description="Group that may do everything")
    cors_origins: str = Field("", description="Other origins that may read, separated by spaces")
    origin_secret: SecretStr | None = Field(
        None,
        description="What CloudFront sends as X-Origin-Secret: the Lambda function then answers "
        "nobody else",
    )
    mcp_hosts: str = Field(
        "",
        description="Hosts at which agents are served over HTTP, at `/mcp`, separated by spaces, "
        "with a port or for any; none: they are not",
    )
    mcp_token: SecretStr | None = Field(
        None, description="Token with which an agent of `cocktailspace mcp` writes"
    )
    max_collections: Count = Field(
        10_000, description="People for whom bars, notes and lists are kept; each may have 1 MB"
    )
    max_ingredients_per_recipe: Count = Field(100, description="Lines that one recipe may have")
    max_rows_per_bulk: Count = Field(5_000, description="Rows that one bulk request may have")

    @model_validator(mode="before")
    @classmethod
    def _choose_parts(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Choose the parts that no setting chooses, by the other settings that are given."""

        def choose(part: str, choice: str, *names: str) -> None:
            if not given.get(part) and any(given.get(name) for name in names):
                given[part] = choice

        both = given.get("analytics_path") and given.get("analytics_bucket")
        if both and not given.get("analytics_store"):
            raise ValueError(
                "ANALYTICS_PATH and ANALYTICS_BUCKET are both set; unset one, or choose with "
                "ANALYTICS_STORE"
            )
        choose("analytics_store", "s3", "analytics_bucket")
        choose("analytics_scheduler", "eventbridge", *_SCHEDULE)
        scheduled = given.get("analytics_scheduler") == "eventbridge"
        choose("analytics_jobs", "batch", *_BATCH, *(("analytics_scheduler",) if scheduled else ()))
        return given

    @model_validator(mode="after")
    def _check_parts(self) -> "Settings":
        """Check that every part that is chosen has the settings that it needs."""
        if self.db_path and self.database_url:
            raise ValueError("DB_PATH and DATABASE_URL are both set; unset one")
        if self.analytics_store == "s3":
            self._require("ANALYTICS_STORE=s3", "analytics_bucket")
        if self.analytics_scheduler == "eventbridge":
            self._require("ANALYTICS_SCHEDULER=eventbridge", *_SCHEDULE)
        if self.batch_job_queue or self.batch_job_definition:
            self._require("Batch", *_BATCH)
        if self.analytics_cluster:
            self._require("ANALYTICS_CLUSTER", "analytics_cluster_certificate")
        if (self.analytics_scheduler == "eventbridge") != (self.analytics_jobs == "batch"):
            self._require("ANALYTICS_JOBS=batch", *_SCHEDULE)
            raise ValueError(
                f"ANALYTICS_JOBS={self.analytics_jobs} cannot be started by "
                f"ANALYTICS_SCHEDULER={self.analytics_scheduler}: eventbridge starts jobs in batch,"
                " local those of this machine"
            )
        return self

    def _require(self, choice: str, *names: str) -> None:
        if missing := [name.upper() for name in names if getattr(self, name) is None]:
            raise ValueError(f"{choice} needs {' and '.join(missing)} too; set what is missing")

    @model_validator(mode="after")
    def _check_issuer(self) -> "Settings":
        if bool(self.oidc_issuer) != bool(self.oidc_audience):
            raise ValueError("OIDC_ISSUER and OIDC_AUDIENCE go together; set both or neither")
        if self.oidc_client_id and not self.oidc_issuer:
            raise ValueError("OIDC_CLIENT_ID needs OIDC_ISSUER and OIDC_AUDIENCE too")
        return self

    @property
    def catalogue_url(self) -> "URL":
        """The catalogue's database."""
        from sqlalchemy import URL, make_url  # noqa: PLC0415

        if self.database_url is not None:
            return make_url(self.database_url)
        return URL.create("sqlite", database=str(self.catalogue_file))

    @property
    def catalogue_file(self) -> Path:
        """The SQLite file of the catalogue, unless there is a DATABASE_URL."""
        return self.db_path or absolute(DATA / "catalogue.sqlite")

    @property
    def artifacts_folder(self) -> Path:
        """The folder store's root, `data/artifacts` where nothing is set."""
        return self.analytics_path or absolute(DATA / "artifacts")

    @property
    def tokens_file(self) -> Path:
        """The file of the access tokens, `data/tokens.json` where nothing is set."""
        return self.tokens_path or absolute(DATA / "tokens.json")

    def environment(self) -> dict[str, str]:
        """The variables that give a child process the same catalogue and artifacts."""
        database = (
            {"DATABASE_URL": self.database_url, "DB_PATH": ""}
            if self.database_url
            else {"DATABASE_URL": "", "DB_PATH": str(self.catalogue_file)}
        )
        in_bucket = self.analytics_store == "s3"
        artifacts = {
            "ANALYTICS_STORE": self.analytics_store,
            "ANALYTICS_BUCKET": (self.analytics_bucket or "") if in_bucket else "",
            "ANALYTICS_PATH": "" if in_bucket else str(self.artifacts_folder),
        }
        return {"LOG_FORMAT": self.log_format, "LOG_LEVEL": self.log_level, **database, **artifacts}


def read_settings(**overrides: Any) -> Settings:
    """The settings of this process; SettingsError names what is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = []
        for finding in error.errors(include_url=False):
            name = "_".join(map(str, finding["loc"])).upper()
            message = finding["msg"].removeprefix("Value error, ")
            got = "" if name == "DATABASE_URL" else f" (got {finding['input']!r})"  # a password
            lines.append(f"{name}: {message}{got}" if name else message)
        raise SettingsError("; ".join(lines)) from None
