"""What gunicorn serves."""

from backend import logs
from backend.app import create_app
from backend.wiring import container

logs.configure("web")
container().build()
app = create_app(container())
