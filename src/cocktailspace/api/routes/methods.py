"""Methods of mixing."""

from fastapi import APIRouter
from pydantic import BaseModel

from cocktailspace.api.context import Context
from cocktailspace.api.errors import answers
from cocktailspace.api.routes.entities import Entity, add_entity_routes
from cocktailspace.catalogue import methods
from cocktailspace.catalogue.models import Method, MethodDraft


class MethodList(BaseModel):
    """All methods, in the order in which they were made."""

    items: list[Method]


def method_routes(context: Context) -> APIRouter:
    """Routes over this catalogue. Methods change the strength of many recipes: they are admins'."""
    router = context.router("/methods", "methods")

    @router.get("", responses=answers(503))
    def list_methods() -> MethodList:
        """All methods, and how much water each adds."""
        with context.services.database.reading() as connection:
            return MethodList(items=methods.list_methods(connection))

    entity = Entity(
        "method",
        "methods",
        draft=MethodDraft,
        answer=Method,
        get=methods.get_method,
        create=methods.create_methods,
        replace=methods.replace_methods,
        on_replace="The strengths of all recipes that name it follow; it keeps its name.",
    )
    add_entity_routes(router, context, entity, context.admin)
    return router
