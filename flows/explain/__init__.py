"""Why an order was sent, or was not: the records behind it, and the proof that they make it."""
