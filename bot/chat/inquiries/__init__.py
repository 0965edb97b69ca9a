"""Inquiries: how a partner leaves one, and how the desk answers it."""
