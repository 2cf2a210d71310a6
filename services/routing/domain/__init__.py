"""The automatic contact distributor: which contact meets which agent, decided by the order of a pool's log alone.

Pure and deterministic: no clock, no randomness, no I/O. Instants are whole milliseconds since the epoch, given by
the caller. `decide` turns a command into events or a refusal, `evolve` folds an event into the state, `engine`
joins both with the matching and the timers that follow.
"""
