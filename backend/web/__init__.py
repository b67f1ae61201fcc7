"""The chat page `/` and, outside production, the phone simulator `/simulator`.

Pages are plain HTML, CSS and ES modules: nothing to build, nothing fetched from elsewhere, nothing inline that a
browser executes.
"""

from backend.web.pages import init_web

__all__ = ["init_web"]
