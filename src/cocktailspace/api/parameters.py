"""Parts of addresses and headers that several routes take."""

from typing import Annotated

from fastapi import Path, Query
from starlette.convertors import Convertor, StringConvertor, register_url_convertor

PathId = Annotated[int, Path(ge=1, description="Id, as lists give it", examples=[1])]
FileName = Annotated[
    str,
    Query(
        alias="name", min_length=1, max_length=200, description="Of the file", examples=["my.csv"]
    ),
]
ImportId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As its plan gives it")]


class _IdConvertor(Convertor[int]):
    """Matches what may be an id; at any other text there is nothing, which is 404."""

    regex = "[1-9][0-9]{0,17}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


class _ImportIdConvertor(StringConvertor):
    """Likewise of imports, whose ids nobody can guess."""

    regex = "[0-9a-f]{32}"


register_url_convertor("id", _IdConvertor())
register_url_convertor("import_id", _ImportIdConvertor())
