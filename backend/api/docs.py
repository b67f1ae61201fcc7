"""`/api/docs`: the API's documentation, from assets that come with the package; nothing is loaded from elsewhere."""

from __future__ import annotations

from apiflask import APIFlask
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
