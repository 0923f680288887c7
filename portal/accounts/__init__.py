"""Sign-in: password and second factor, sessions, a city's identity provider.

Why it is built so: docs/adr/0019-sign-in.md.
"""
