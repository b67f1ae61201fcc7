"""How gunicorn serves the app (https://docs.gunicorn.org/en/stable/settings.html).

Threads, not processes: a request mostly waits for the database, and web clients hold a request open for their reply.
One worker is enough on usual days. WEB_CONCURRENCY adds more, best one for each core: when many book at once, a rush
needs them all.
"""

import os
from pathlib import Path

# Only loopback unless this is production: a development copy has a login that is printed on the screen.
_production = os.environ.get("APP_ENV", "production") == "production"
_host = os.environ.get("HOST") or ("0.0.0.0" if _production else "127.0.0.1")  # noqa: S104

bind = f"{_host}:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 1)
threads = int(os.environ.get("WEB_THREADS") or 64)
keepalive = 30
# gunicorn touches a file per worker as its heartbeat; on a disk that blocks, a healthy worker would be killed.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

# A worker that does not answer its parent for two minutes is stuck. Requests may take as long as they need, and so may
# the imports at the start on a busy machine.
timeout = 120
graceful_timeout = 20

# Providers' longest requests are about 2 KB of path and 30 headers.
limit_request_line = 4096
limit_request_fields = 64
limit_request_field_size = 8190

# The app logs requests itself, with the turn id and without phone numbers.
accesslog = None
errorlog = "-"
loglevel = "warning"

# gunicorn opens a socket in the home folder to be controlled by; nobody here asks it anything.
control_socket_disable = True
