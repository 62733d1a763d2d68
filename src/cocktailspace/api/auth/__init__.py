"""Who may write. Reading is public; everything else needs an identity.

An authenticator makes an identity of a request: from a file of tokens on one machine, from an
OpenID Connect issuer, or, behind a gateway that has verified the token already, from its claims.
"""
