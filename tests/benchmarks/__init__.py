"""Benchmarks: they print figures and assert nothing. Each docstring says what is measured, how, and the command."""
