"""Whether every message that was accepted is answered once, whatever happens in between."""
