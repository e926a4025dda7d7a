"""A TV that knows Authlib and nothing of devicepass.

It registers, shows a code, waits for the viewer, refreshes its token and asks where it stands. It
says what happens as JSON lines.
"""

import json
import os
import time

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
DEVICE = {
    "model": "Python TV",
    "version": "1",
    "osName": "Linux",
    "osVersion": "6",
    "connectionType": "LAN",
}


def main(issuer: str, statement: str) -> None:
    server = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
    registered = requests.post(
        server["registration_endpoint"],
        json={"software_statement": statement, "device": DEVICE},
        timeout=10,
    )
    registered.raise_for_status()
    client = registered.json()
    session = OAuth2Session(
        client["client_id"],
        client["client_secret"],
        scope="tv",
        token_endpoint=server["token_endpoint"],
        token_endpoint_auth_method=client["token_endpoint_auth_method"],
    )
    shown = requests.post(
        server["device_authorization_endpoint"],
        data={"scope": "tv"},
        auth=(client["client_id"], client["client_secret"]),
        timeout=10,
    ).json()
    tell("user_code", shown["user_code"])
    token = poll(session, shown)
    refreshed = session.refresh_token(refresh_token=token["refresh_token"])
    tell("refreshed", refreshed["access_token"] != token["access_token"])
    play = session.post(f"{issuer}/v1/authorize", json={"resource": "REF30"}, timeout=10).json()
    tell("play", play["status"])
    tell("session", session.get(f"{issuer}/v1/session", timeout=10).json()["status"])


def poll(session: OAuth2Session, shown: dict) -> dict:
    interval = shown["interval"]
    until = time.monotonic() + min(shown["expires_in"], 60)
    while time.monotonic() < until:
        try:
            return session.fetch_token(grant_type=DEVICE_CODE, device_code=shown["device_code"])
        except OAuthError as error:
            if error.error == "slow_down":
                interval += 5
            elif error.error != "authorization_pending":
                raise
        time.sleep(interval)
    raise TimeoutError("nobody signed in")


def tell(name: str, value: object) -> None:
    print(json.dumps({name: value}), flush=True)


main(os.environ["ISSUER"], os.environ["STATEMENT"])
