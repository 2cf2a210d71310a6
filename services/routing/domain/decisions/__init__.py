"""What each command does to a pool, as events or a refusal; nothing here changes anything."""
