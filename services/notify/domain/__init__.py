"""The rules of notices and surveys: what is asked, of whom, until when. No clock, no ids made, no I/O."""
