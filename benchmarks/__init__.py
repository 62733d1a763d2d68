"""Benchmarks: what the distance engine costs, against what others cost. See README.md."""
