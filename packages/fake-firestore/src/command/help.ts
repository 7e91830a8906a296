/** What `--help` prints. */
export const help = `A Firestore on this machine, in memory, to try things without a Google account.

Usage: fairlead-fake-firestore [options]

  --port NUMBER              where it listens; 0 takes a free one (8080)
  --project ID               the project of what is seeded (demo)
  --seed FILE.json           documents to begin with: {"users/ada": {"name": "Ada"}}
  --synthesise PATH=N:BYTES  a collection of N documents that are made when they are read, such as
                             users=1000000:300; with :number after it, ids are numbers; then
                             'users/*/messages=5' puts five messages below every user
  --retention TIME           how far back it can be read, such as 90s, 30m or 1h (1h)
  --point-in-time-recovery   whole minutes can be read seven days back
  --round-trip TIME          latency as if it were far away, such as 30ms (0ms)
  --documents-per-second N   sends no faster than this (no limit)
  -h, --help                 this text

Example:

  fairlead-fake-firestore --synthesise users=100000:300
  export FIRESTORE_EMULATOR_HOST=127.0.0.1:8080   # in another terminal

It listens on the loopback interface only, takes any project, database and token, and forgets
everything when it ends: press Ctrl-C.
`;
