"""A connector of Fivetran's own package, which is served as it serves one: serve_orders.py PORT"""

import sys

from fivetran_connector_sdk_common import constants

# On the loopback interface only, and without waiting.
constants.DEBUGGING = True

from fivetran_connector_sdk import Connector, Operations as op


def schema(configuration):
    return [
        {
            "table": "orders",
            "primary_key": ["id"],
            "columns": {
                "id": "LONG",
                "price": {"type": "DECIMAL", "precision": 10, "scale": 2},
                "sold": "UTC_DATETIME",
                "day": "NAIVE_DATE",
                "photo": "BINARY",
            },
        },
        {"table": "notes"},
    ]


def update(configuration, state):
    first = state.get("next", 0)
    for i in range(first, first + 250):
        row = {
            "id": i,
            "price": "1.25",
            "sold": "2024-02-29T01:02:03.500Z",
            "day": "2024-02-29",
            "photo": b"\x00A",
            "name": f"order {i}",
            "tags": ["a", 1],
            "big": 2**62 + i,
            "ok": True,
        }
        op.upsert("orders", row)
    op.upsert("notes", {"text": configuration["note"]})
    op.upsert("notes", {"text": configuration["note"]})
    op.update("orders", {"id": first, "name": "changed"})
    op.delete("orders", {"id": first + 1})
    op.checkpoint({"next": first + 250})


server = Connector(update=update, schema=schema).run(port=int(sys.argv[1]))
print("serving", flush=True)
server.wait_for_termination()
