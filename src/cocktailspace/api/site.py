"""What pages are made of: the package's static files and templates."""

import hashlib
import mimetypes
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cocktailspace.catalogue.errors import NotFoundError
from cocktailspace.catalogue.transfer.readable import quantity

OUNCE_ML = 29.5735
PARTS = (0, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)
NEAR_OUNCES = 0.03

WEB = Path(str(files("cocktailspace") / "web"))

_IMPORT = re.compile(r'^import .* from "(\..+?)";$', re.MULTILINE)
_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that may be served."""

    path: Path
    sha256: str

    @property
    def media_type(self) -> str:
        """What browsers are told that it is."""
        guess = mimetypes.guess_type(self.path)[0] or "application/octet-stream"
        return _MEDIA_TYPES.get(self.path.suffix, guess)


class Site:
    """The static files, by path below `web/static`, and the templates."""

    @cached_property
    def _files(self) -> dict[str, StaticFile]:
        """Every file that may be served: an address can lead nowhere else."""
        root = WEB / "static"
        return {
            path.relative_to(root).as_posix(): StaticFile(
                path, hashlib.sha256(path.read_bytes()).hexdigest()
            )
            for path in sorted(root.rglob("*"))
            if path.suffix in _MEDIA_TYPES
        }

    @cached_property
    def digest(self) -> str:
        """Changes with any of the files; part of their addresses."""
        named = "\n".join(f"{name} {file.sha256}" for name, file in self._files.items())
        return hashlib.sha256(named.encode()).hexdigest()[:16]

    @property
    def names(self) -> list[str]:
        """Of every file, as `file` knows it."""
        return list(self._files)

    @cached_property
    def modules(self) -> list[str]:
        """All that the map's page needs for its first picture: what its first module imports, to
        be fetched at once instead of one after another.
        """
        found = ["js/app.js"]
        for name in found:
            folder = PurePosixPath(name).parent
            for imported in _IMPORT.findall(self._files[name].path.read_text()):
                path = posixpath.normpath(folder / imported)
                if path not in found:
                    found.append(path)
        return found

    @cached_property
    def _templates(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(WEB / "templates"), autoescape=True, undefined=StrictUndefined
        )
        environment.filters |= {"written": quantity, "ml": _millilitres, "oz": _ounces}
        environment.globals["static"] = f"/static/{self.digest}"
        return environment

    def file(self, path: str) -> StaticFile:
        """The file of that name; NotFoundError when there is none."""
        if (found := self._files.get(path)) is None:
            raise NotFoundError(f"there is no file {path[:80]!r}")
        return found

    def render(self, template: str, **values: Any) -> str:
        """A page."""
        return self._templates.get_template(template).render(**values)


def _millilitres(value: float) -> str:
    return (
        f"{value:.0f}"
        if value >= 10 and abs(2 * value - round(2 * value)) > 0.01
        else f"{value:.1f}".removesuffix(".0")
    )


def _ounces(volume_ml: float) -> str:
    """Ounces as a bartender writes them: the nearest usual part where that is near enough."""
    ounces = volume_ml / OUNCE_ML
    usual = min(
        (whole + part for whole in (int(ounces), int(ounces) + 1) for part in PARTS),
        key=lambda each: abs(each - ounces),
    )
    near = usual > 0 and abs(usual - ounces) < NEAR_OUNCES
    return f"{usual if near else ounces:.2f}".rstrip("0").rstrip(".") or "0"
