"""`/api/docs`: the API's documentation, from assets that come with the package; nothing is loaded from elsewhere."""

from __future__ import annotations

from apiflask import APIBlueprint, APIFlask
from flask import g
from flask_swagger_ui import get_swaggerui_blueprint

from backend.access import access

# Swagger UI starts itself with an inline script and styles its parts inline; no other page may.
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def init_docs(app: APIFlask) -> None:
    """Adds the page and declares it and the OpenAPI document public."""
    blueprint = get_swaggerui_blueprint("/api/docs", "/api/openapi.json", config={"app_name": app.title})

    @blueprint.before_request
    def allow_inline() -> None:
        g.content_security_policy = POLICY

    app.register_blueprint(blueprint)
    for endpoint in ("openapi.spec", f"{blueprint.name}.show"):
        access("public")(app.view_functions[endpoint])


def leave_out_pages(app: APIFlask) -> None:
    """Says of each blueprint but the API's own that it is not documented; to be called when all are there.

    APIFlask asks every blueprint that has a `before_request`, and fails over Flask's own, which cannot answer.
    """
    for blueprint in app.blueprints.values():
        if not isinstance(blueprint, APIBlueprint):
            blueprint.enable_openapi = False  # type: ignore[attr-defined]
