"""Sends Adobe's hosts to the local double, below anything that a program or library does itself."""
import os
import socket

PORT = int(os.environ["IMS_DOUBLE_PORT"])
ADOBE = (".adobelogin.com", ".adobe.io")
LOOPBACK = "127.0.0.1"
resolve = socket.getaddrinfo
connect_to = socket.socket.connect


def getaddrinfo(host, port, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    if name and name.endswith(ADOBE):
        return resolve(LOOPBACK, PORT, *args, **kwargs)
    if name in ("localhost", LOOPBACK, "::1", None):
        return resolve(host, port, *args, **kwargs)
    raise socket.gaierror(socket.EAI_NONAME, f"no network in tests: {name}")


def connect(self, address):
    # Some clients resolve the name alone and keep the port of the URL.
    if isinstance(address, tuple) and address[:2] == (LOOPBACK, 443):
        address = (LOOPBACK, PORT)
    return connect_to(self, address)


socket.getaddrinfo = getaddrinfo
socket.socket.connect = connect
