"""Parts of addresses and headers that several routes take."""

from typing import Annotated

from fastapi import Path
from pydantic import Field

from cocktailspace.catalogue.models import MAX_ID

QueryId = Annotated[int, Field(ge=1, le=MAX_ID)]
PathId = Annotated[int, Path(ge=1, le=MAX_ID, description="Id, as lists give it")]
