"""What a reply means: an answer, a word about the conversation, a cry for help, or none of these."""
