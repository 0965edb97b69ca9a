"""What must reach somebody later: rendered from the outbox, sent when it is due."""
