"""Serves the `connector` of a project as Fivetran's own package does: serve_connector_sdk.py FOLDER PORT"""

import sys

folder, port = sys.argv[1:]
sys.path.insert(0, folder)

from fivetran_connector_sdk_common import constants

# On the loopback interface only, and without waiting.
constants.DEBUGGING = True

import connector

server = connector.connector.run(port=int(port))
print("serving", flush=True)
server.wait_for_termination()
