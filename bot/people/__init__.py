"""Who takes part: groups and their champions, people from lists, their numbers and needs."""
