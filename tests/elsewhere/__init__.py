"""Runs parts of the tests as they would run elsewhere: see `__main__`."""
