"""Who works here: users, roles, sites, people and shifts."""
