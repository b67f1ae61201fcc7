"""Geocoders with the interface of geopy's: our own places, and outside providers with their datum and their limits."""
