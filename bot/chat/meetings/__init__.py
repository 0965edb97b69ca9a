"""Visitors and their meetings: choosing, holding, requesting, and what becomes of it."""
