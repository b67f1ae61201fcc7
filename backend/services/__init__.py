"""The verbs of the product, and the only code that commits. No Flask request, no Celery, no vendor SDK in here."""
