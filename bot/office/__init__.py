"""What staff keep outside the chat: the pavilion as a file, and lists to take away."""
