"""What a turn reads and writes, and the conversations as people of the team read them."""
