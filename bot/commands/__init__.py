"""The commands of the terminal, each a module named by the words that call it."""
