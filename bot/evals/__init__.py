"""``expo-bot eval``: asks sets of questions with known answers, prints the figures, keeps and compares runs."""
