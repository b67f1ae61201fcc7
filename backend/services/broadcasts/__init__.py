"""Broadcasts: one text to many people, written, tried, approved by a second person, sent and watched."""
