"""What may be said in public about few people: the one place where counts are rounded and hidden."""
