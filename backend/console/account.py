"""A person's own account: language, password, second factor."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_security import current_user

from backend.access import access
from backend.console.blueprint import LANGUAGE_COOKIE, OWN_ACCOUNT, blueprint, needs
from backend.services import staff
from backend.web_context import parts
from backend.wording import LANGUAGES


@blueprint.get("/account")
@needs(OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """Who I am here and what I may do."""
    permissions = sorted({name for role in current_user.roles for name in role.permissions})
    return render_template("console/account.html", permissions=permissions)


@blueprint.post("/language")
@access("public")
def language() -> ResponseReturnValue:
    """Switches the language: on the account when signed in, and in this browser."""
    chosen = request.form.get("lang", "")
    back = request.form.get("next", "")
    # Only our own pages: "//elsewhere" and "/\elsewhere" are other people's.
    response = redirect(back if back.startswith("/staff") and "\\" not in back else "/staff/")
    if chosen in LANGUAGES:
        if current_user.is_authenticated:
            staff.change_account(parts().db, current_user.id, {"lang": chosen})
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=365 * 86400, samesite="Lax", secure=request.is_secure)
    return response
