"""An S3 server, which keeps what it is given in memory: python server.py HOST PORT."""

import signal
import sys
from threading import Lock

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

app = DomainDispatcherApplication(create_backend_app)
one_at_a_time = Lock()


class Quiet(WSGIRequestHandler):
    # Node's clients keep their connections.
    protocol_version = "HTTP/1.1"

    def log_request(self, *_args):
        pass


def serve(environ, start_response):
    # moto looks whether a name is taken, and takes it, in two steps: two writers at once would both get it.
    with one_at_a_time:
        return list(app(environ, start_response))


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
run_simple(sys.argv[1], int(sys.argv[2]), serve, threaded=True, request_handler=Quiet)
