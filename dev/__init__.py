"""Tools for developing the product; nothing here is needed to run it in production."""
