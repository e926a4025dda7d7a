"""A TV that knows requests-oauthlib and httpx-sse, and nothing of devicepass.

It registers, asks for a code, listens instead of polling, fetches the viewer's token, plays, refreshes
and asks where it stands. It says what happens as JSON lines.
"""

import json
import os
import threading

import httpx
import requests
from httpx_sse import connect_sse
from oauthlib.oauth2 import BackendApplicationClient, DeviceClient
from requests_oauthlib import OAuth2Session

DEVICE = {
    "model": "Python TV",
    "version": "1",
    "osName": "Linux",
    "osVersion": "6",
    "connectionType": "LAN",
}


def main(issuer: str, statement: str) -> None:
    server = requests.get(f"{issuer}/.well-known/oauth-authorization-server", timeout=10).json()
    registration = {"software_statement": statement, "device": DEVICE}
    registered = requests.post(server["registration_endpoint"], json=registration, timeout=10)
    registered.raise_for_status()
    client_id, secret = (registered.json()[name] for name in ("client_id", "client_secret"))
    token_url = server["token_endpoint"]

    own = OAuth2Session(client=BackendApplicationClient(client_id))
    own_token = own.fetch_token(token_url, client_secret=secret, include_client_id=True)

    shown = requests.post(
        server["device_authorization_endpoint"], auth=(client_id, secret), timeout=10
    ).json()
    heard = listen(issuer, own_token["access_token"], shown["user_code"])
    tell("events", heard)

    viewer = OAuth2Session(client=DeviceClient(client_id))
    token = viewer.fetch_token(
        token_url, device_code=shown["device_code"], client_secret=secret, include_client_id=True
    )
    play = viewer.post(f"{issuer}/v1/authorize", json={"resource": "REF30"}, timeout=10).json()
    tell("play", play["status"])
    refreshed = viewer.refresh_token(token_url, auth=(client_id, secret))
    tell("refreshed", refreshed["access_token"] != token["access_token"])
    tell("session", viewer.get(f"{issuer}/v1/session", timeout=10).json()["status"])


def listen(issuer: str, token: str, code: str) -> list[str]:
    """What comes until somebody has signed in. The viewer types the code once the TV listens."""
    heard = []
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(timeout=30) as client:
        url = f"{issuer}/v1/events?until=signed-in"
        with connect_sse(client, "GET", url, headers=headers) as source:
            for event in source.iter_sse():
                json.loads(event.data)
                heard.append(event.event)
                if heard == ["code"]:
                    threading.Thread(target=tell, args=("user_code", code)).start()
    return heard


def tell(name: str, value: object) -> None:
    print(json.dumps({name: value}), flush=True)


os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the test's gateway is on this machine
main(os.environ["ISSUER"], os.environ["STATEMENT"])
