"""How one run of the job ended: the job's last line, and one line in the log."""

import logging
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cocktailspace.wording import counted


class RunReport(BaseModel):
    """Cause, outcome, duration and size of one run of the job."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    outcome: str = Field(
        description="published, nothing to do, superseded, stopped, try again, failed or killed"
    )
    cause: str = "manual"
    seconds: float = 0.0
    run_id: str | None = None
    catalogue_id: str | None = None
    previous_version: int | None = Field(
        default=None, description="Published before; 0 when this catalogue never was"
    )
    source_version: int | None = None
    published_run_id: str | None = None
    counts: dict[str, int] = {}
    steps: dict[str, float] = Field(default={}, description="Seconds of each step")
    error: str | None = None

    @property
    def changes(self) -> int | None:
        """How many changes lie between the version published before and the one computed."""
        if self.source_version is None or self.previous_version is None:
            return None
        return max(0, self.source_version - self.previous_version)

    def fields(self) -> dict[str, Any]:
        """All known values, for the JSON log."""
        changes = {} if self.changes is None else {"changes": self.changes}
        return self.model_dump(exclude_none=True) | changes

    def sentence(self) -> str:
        """The report in one sentence, for the text log."""
        text = f"refresh {self.outcome} ({self.cause})"
        if self.changes is not None:
            text += f": version {self.previous_version} → {self.source_version}"
            text += f" ({counted(self.changes, 'change')})"
        elif self.source_version is not None:
            text += f": version {self.source_version}"
        if "recipes" in self.counts:
            text += f", {counted(self.counts['recipes'], 'recipe')}"
        text += f", {self.seconds:.1f} s"
        if self.steps:
            slowest = max(self.steps, key=lambda step: self.steps[step])
            text += f" ({slowest} {self.steps[slowest]:.1f} s)"
        return f"{text}: {self.error}" if self.error else text

    def log_to(self, logger: logging.Logger) -> None:
        """Write the report as one line; a warning unless the run ended well."""
        well = self.outcome in ("published", "nothing to do", "superseded", "stopped")
        level = logging.INFO if well else logging.WARNING
        logger.log(level, self.sentence(), extra={"data": {"event": "refresh", **self.fields()}})


def read_report(output: bytes) -> RunReport | None:
    """The report in the last line of a job's output; None when there is none."""
    try:
        return RunReport.model_validate_json(output.strip().rpartition(b"\n")[2])
    except ValidationError:
        return None
