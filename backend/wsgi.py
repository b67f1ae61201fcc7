"""What gunicorn serves."""

from backend import logs
from backend.app import create_app

logs.configure("web")
app = create_app()
