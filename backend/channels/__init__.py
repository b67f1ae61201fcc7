"""One file per way of talking to a person: verify, parse, render, send."""
