"""The desk: what shall run, in one file; processes that keep running; how they do."""
