"""Rules of the floor 现场管理: what agents are held to, what becomes of a breach, and whose break is next."""
