"""Providers' entrances: verify, parse, store, answer. One order for every channel; nothing is parsed before it is
verified.
"""
