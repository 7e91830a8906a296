/** What `--help` prints. */
export const help = `A Fauna on this machine, in memory, to try things without a server of one's own.

Usage: fairlead-fake-fauna [options]

  --port NUMBER             where it listens; 0 takes a free one (8443)
  --secret TEXT             what clients have to know (secret)
  --seed FILE.json          documents to begin with: {"users": {"1": {"name": "Ada"}}}; every
                            collection gets the index NAME_ts, by ts and ref
  --synthesise NAME=N       a collection of N documents that are made when they are read, such as
                            users=1000000 or, with so many bytes each, users=1000000:2000
  --history-days NUMBER     how long versions are kept; 0 leaves 15 minutes, all keeps them (30)
  --documents-per-second N  sends no faster than this (no limit)
  -h, --help                this text

Example:

  fairlead-fake-fauna --synthesise users=100000:300

It speaks FQL v4 and v10 over HTTP/1.1 and HTTP/2, without TLS, listens on the loopback interface
only, and forgets everything when it ends: press Ctrl-C.
`;
