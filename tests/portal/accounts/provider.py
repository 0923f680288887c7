"""A city's identity provider for tests: a transport that answers as one, with keys of its own."""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from requests.adapters import BaseAdapter

ISSUER = "https://anmeldung.stadt.example.org/realms/stadt"
CLIENT = "strategieportal"
SECRET = "geheimnis-des-portals"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider(BaseAdapter):
    """What the provider says of the person who signs in; tests change it."""

    claims: dict[str, Any] = field(default_factory=dict)
    """Added to the id token, or put in place of what stands there."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=dict)
    key: Any = KEY
    algorithm: str = "RS256"
    down: bool = False
    tokens_asked: list[dict[str, list[str]]] = field(default_factory=list)
    nonce: str = ""
    """Of the request that the browser was sent with."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if self.down:
            raise requests.ConnectionError("down")
        path = (request.url or "").removeprefix(ISSUER)
        if path == "/.well-known/openid-configuration":
            answer: dict[str, Any] = {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/auth",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
                "userinfo_endpoint": f"{ISSUER}/userinfo",
            } | self.configuration
        elif path == "/keys":
            answer = {
                "keys": [json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "1", "alg": "RS256"}]
            }
        elif path == "/token":
            self.tokens_asked.append(parse_qs(str(request.body)))
            answer = {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()}
        else:
            assert path == "/userinfo", path
            answer = {"sub": "4711"} | self.userinfo
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "application/json"
        response._content = json.dumps(answer).encode()
        response.url = request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""

    def id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "4711",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "Amt@Stadt.Example.org",
            "email_verified": True,
            "given_name": "Alma",
            "family_name": "Beispiel",
            "groups": ["strategie-redaktion", "alle"],
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers={"kid": "1"})

    def back(self, location: str) -> str:
        """The address that the provider sends the browser back to, after `location` was asked."""
        parts = urlsplit(location)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert location.startswith(f"{ISSUER}/auth?")
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert set(asked["scope"].split()) == {"openid", "profile", "email"}
        assert asked["code_challenge_method"] == "S256"
        self.nonce = asked["nonce"]
        return f"{asked['redirect_uri']}?{urlencode({'code': 'c', 'state': asked['state']})}"
