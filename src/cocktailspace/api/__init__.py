"""The catalogue and its analytics over HTTP.

Routes translate between HTTP and the parts below; they hold no SQL and no arrays. Domain errors
become answers in `errors`, and nowhere else.
"""
