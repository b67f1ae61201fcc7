"""Our Rasa graph components."""
