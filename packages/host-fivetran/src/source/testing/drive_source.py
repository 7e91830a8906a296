"""Calls a source as Fivetran does, and tells as JSON what came.

    drive_source.py PORT protos FOLDER    by messages that are compiled from these definitions
    drive_source.py PORT sdk              by the messages of Fivetran's own package
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import grpc


def compiled(folder):
    from grpc_tools import protoc

    out = tempfile.mkdtemp()
    files = sorted(str(path) for path in Path(folder).glob("*.proto"))
    include = Path(protoc.__file__).parent / "_proto"
    words = ["protoc", f"-I{folder}", f"-I{include}", f"--python_out={out}", f"--grpc_python_out={out}"]
    if protoc.main([*words, *files]) != 0:
        raise SystemExit("the definitions cannot be compiled")
    sys.path.insert(0, out)
    import common_pb2
    import connector_sdk_pb2
    import connector_sdk_pb2_grpc

    return common_pb2, connector_sdk_pb2, connector_sdk_pb2_grpc


def packaged():
    from fivetran_connector_sdk.protos import common_pb2, connector_sdk_pb2, connector_sdk_pb2_grpc

    return common_pb2, connector_sdk_pb2, connector_sdk_pb2_grpc


def plain(value):
    kind = value.WhichOneof("inner")
    inner = getattr(value, kind)
    if kind == "null":
        return None
    if hasattr(inner, "seconds"):
        return f"{kind} {inner.seconds}.{inner.nanos}"
    if isinstance(inner, bytes):
        return f"{kind} {base64.b64encode(inner).decode()}"
    return f"{kind} {inner}"


def rows_of(message):
    kind = message.WhichOneof("operation")
    content = getattr(message, kind)
    if kind in ("record", "structured_record"):
        return [content]
    if kind == "records":
        return content.records
    return content.structured_records if kind == "structured_records" else []


def story_of(common, message):
    rows = rows_of(message)
    if not rows:
        return [message.WhichOneof("operation")]
    return [
        [common.RecordType.Name(row.type), {name: plain(value) for name, value in row.data.items()}]
        for row in rows
    ]


def main():
    port, way, *rest = sys.argv[1:]
    common, messages, services = compiled(*rest) if way == "protos" else packaged()
    options = [("grpc.max_receive_message_length", 128 * 1024 * 1024)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        stub = services.SourceConnectorStub(channel)
        form = stub.ConfigurationForm(common.ConfigurationFormRequest())
        tested = [stub.Test(common.TestRequest(name=test.name)).success for test in form.tests]
        schema = stub.Schema(messages.SchemaRequest())
        tables = {table.name: len(table.columns) for table in schema.without_schema.tables}
        told, counted = [], 0
        for message in stub.Update(messages.UpdateRequest(configuration={}, state_json="{}")):
            counted += len(rows_of(message))
            if len(told) < 10:
                told.extend(story_of(common, message))
        try:
            channel.unary_unary("/fivetran_sdk.v2.SourceConnector/Dance")(b"")
            unknown = "answered"
        except grpc.RpcError as error:
            unknown = error.code().name
    fields = [field.name for field in form.fields]
    answer = {"fields": fields, "tested": tested, "tables": tables, "unknown": unknown}
    print(json.dumps({**answer, "told": told[:6], "rows": counted}))


main()
