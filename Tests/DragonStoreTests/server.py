"""A file server with bad habits, for the tests of downloads: `server.py FOLDER PORT_FILE`.

The first part of a path names the habit, the rest the file: /drop/x serves half of what is left of x on each connection.
Every request is logged to PORT_FILE.log as `path range`.
"""
import http.server
import os
import sys
import threading

folder, port_file = sys.argv[1:]
counts, lock = {}, threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        habit, _, name = self.path.split("?")[0].lstrip("/").partition("/")
        asked = self.headers.get("Range", "")
        with lock:
            counts[self.path] = number = counts.get(self.path, 0) + 1
            with open(port_file + ".log", "a") as log:
                log.write(f"{self.path} {asked}\n")
        if habit == "moved":
            return self.head(302, [("Location", f"/plain/{name}"), ("Content-Length", "0")])
        if habit == "busy" and number < 3:
            return self.head(503, [("Content-Length", "0")])
        if habit == "private":
            return self.head(403, [("Content-Length", "0")])
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            page = b"<html>no such file</html>"
            self.head(404, [("Content-Length", str(len(page)))])
            return self.wfile.write(page)
        with open(path, "rb") as file:
            self.serve(habit, file.read(), asked, number)

    def serve(self, habit, data, asked, number):
        tag = f'"v{number if habit == "changing" else 1}"'
        if habit == "wrong":
            data = bytes(byte ^ 1 for byte in data[:100]) + data[100:]
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and habit != "norange" else 0
        if self.headers.get("If-Range", tag) != tag:
            start = 0
        if start > 0 and start >= len(data):
            return self.head(416, [("Content-Length", "0")])
        fields = [("ETag", tag), ("Content-Length", str(len(data) - start))]
        if start:
            first = start - 1 if habit == "misplaced" else start
            fields.append(("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}"))
        most = 2**63 - 1
        if habit == "huge" or (habit == "hugerange" and start):
            fields[1] = ("Content-Length", str(most))
        if habit == "hugerange" and start:
            fields = [("ETag", tag), ("Content-Range", f"bytes {start}-{most - 1}/{most}"), ("Connection", "close")]
        if habit in ("nolength", "endless", "drip"):
            fields = [("Connection", "close")]
        self.head(206 if start else 200, fields)
        rest = data[start:]
        drops = {"drop": number < 4, "dropone": number < 2 and len(data) > 10000, "norange": number < 2, "misplaced": number < 3, "changing": number < 2, "dead": True, "hugerange": number < 2}
        if drops.get(habit):
            rest = rest[: 0 if habit == "dead" and number > 1 else len(rest) // 2]
            self.close_connection = True
        if habit == "endless":
            return self.flood()
        if habit == "drip":
            return self.trickle(rest, size=3, pause=0.2)
        if habit == "slow":
            return self.trickle(rest)
        self.wfile.write(rest)

    def trickle(self, data, size=1000, pause=0.01):
        for start in range(0, len(data), size):
            self.wfile.write(data[start : start + size])
            self.wfile.flush()
            threading.Event().wait(pause)

    def flood(self):
        """Never ends, until the client hangs up."""
        try:
            while True:
                self.wfile.write(bytes(1 << 20))
        except OSError:
            self.close_connection = True

    def head(self, status, fields):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        """A client that hangs up is what some tests are about."""


server = Server(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(port_file + ".new", port_file)
server.serve_forever()
