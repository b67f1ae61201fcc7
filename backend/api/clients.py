"""Bearer tokens of other systems, and the scopes a view asks for."""

from __future__ import annotations

from typing import Any, cast

from apiflask import HTTPTokenAuth

from backend.api.errors import ApiError
from backend.services.clients import Client
from backend.web_context import parts

auth = HTTPTokenAuth(
    scheme="Bearer",
    security_scheme_name="ClientToken",
    description="The token of another system, from `python -m backend.cli client-token NAME --scope SCOPE`",
)


@auth.verify_token
def _client(token: str) -> Client | None:
    return parts().clients.of_token(token) if token else None


@auth.error_processor
def _refused(_error: Any) -> Any:
    raise ApiError(401, "client_unauthorized")


def client(scope: str) -> Client:
    """The system behind this request; only where `auth_required` stands. Raises ApiError where it may not do this."""
    found = cast(Client, auth.current_user)
    if scope not in found.scopes:
        raise ApiError(403, "client_scope")
    return found
