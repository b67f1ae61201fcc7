"""Who may call a route: each view says so, a guard test checks that none forgot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

Access = Literal["public", "session", "station", "client", "signed", "staff", "internal", "development"]
View = TypeVar("View", bound=Callable[..., Any])


def access(kind: Access) -> Callable[[View], View]:
    """Declares a view's access.

    `public`: anyone; `session`: bearer token of a chat session; `station`: bearer token of a station that reports
    readings; `client`: bearer token of another system, with a scope; `signed`: a provider's signature; `staff`:
    signed-in staff with a permission; `internal`: loopback monitoring; `development`: only registered outside
    production.
    The decorator declares, it does not enforce: enforcement stands in the blueprint's or view's own check.
    """

    def mark(view: View) -> View:
        view.access = kind  # type: ignore[attr-defined]
        return view

    return mark
