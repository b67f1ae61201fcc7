"""The JSON API, version 1: thin entrances over the services."""
