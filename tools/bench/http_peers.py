"""The HTTP peers: `xmlrpc` (standard library, connections kept) and `sexpr` (the old way: a connection and a thread for
each call, answers in S-expressions). Prints its port when it is ready."""

from __future__ import annotations

import http.server
import socketserver
import sys
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

INFO = {"state": 1, "max_mem": 8388608, "memory": 2097152, "nr_virt_cpu": 2, "cpu_time": 1000000000}


class KeepAlive(SimpleXMLRPCRequestHandler):
    """Keeps the connection, as the other peers do, and answers in one packet."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1


class SexprHandler(http.server.BaseHTTPRequestHandler):
    """One answer, then the connection is closed."""

    def do_GET(self) -> None:
        body = "(domain " + " ".join(f"({name} {value})" for name, value in INFO.items()) + ")"
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: logging is not what is measured."""


class ThreadPerCall(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """A thread for each connection, and so for each call."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    if sys.argv[1] == "xmlrpc":
        server = SimpleXMLRPCServer(("127.0.0.1", 0), KeepAlive, logRequests=False)
        server.register_function(lambda name, uuid, id: INFO, "domain_get_info")
        print(server.server_address[1], flush=True)
        server.serve_forever()
    with ThreadPerCall(("127.0.0.1", 0), SexprHandler) as old:
        print(old.server_address[1], flush=True)
        old.serve_forever()


if __name__ == "__main__":
    main()
