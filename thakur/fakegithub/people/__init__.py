"""Who there is: users, organisations with their members and teams, and what each may in a repository."""
