"""Benchmarks and measured proofs of what the product promises: `make bench`, or `python -m dev.bench NAMES…`."""
