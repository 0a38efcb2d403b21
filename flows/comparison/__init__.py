"""Two sides over one log: what each makes of the same records, compared by origin while it is made."""
