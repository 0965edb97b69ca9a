"""What staff see of meetings and decide about them."""
