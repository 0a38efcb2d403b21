"""The kernels in plain Python: the readable reference, twins of `rust_ingest/kernels`, equal to the bit.

Pure: no clock, no randomness, no I/O, no order that depends on a hash. `stage` runs a kernel on one partition.
"""
