"""The service under fire: its processes are killed at random while a broadcast runs and people reply.

`make chaos CYCLES=50 SEED=1` runs it; a cycle that fails names the seed that makes the same plan again.
"""
