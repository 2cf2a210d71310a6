"""A day in the contact centre on a simulated clock: the production engine, made-up customers and agents around it.

Pure as the domain is: no clock, no I/O; randomness only from seeded streams, so a seed gives the same bits every time.
`reading` makes a scenario of plain data, `simulate` plays it, `results` sums replications up.
"""
