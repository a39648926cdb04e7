"""Who takes part: contacts, their phones, groups and champions, and how somebody is forgotten."""
