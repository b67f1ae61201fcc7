"""The backend of QHD Concierge: Flask entrances, Celery tasks and the domain."""
