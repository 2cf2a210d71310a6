"""Work orders: opened by contacts, worked by agents, closed."""
