"""Benchmarks: they print figures and assert nothing. Each tells in its docstring what it measures, how, and the command."""
