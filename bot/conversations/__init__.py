"""What happens when somebody texts: a turn, from the text that comes in to the reply that goes out."""
