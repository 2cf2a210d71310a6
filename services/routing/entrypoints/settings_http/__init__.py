"""REST of settings: one router made for every kind."""
