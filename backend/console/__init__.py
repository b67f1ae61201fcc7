"""The staff console under /staff: sign-in, places, history, audit trail."""

from backend.console.setup import error_page, init_console

__all__ = ["error_page", "init_console"]
