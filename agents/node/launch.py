"""Runs before a workload, in its process: waits until the agent has written down its pid.

An agent that dies at the wrong moment closes the pipe, and nothing ever ran. Started as a file by
the interpreter alone, so it imports nothing of ours.
"""

import os
import sys

#: what shells say of a command that cannot be run
CANNOT_RUN = 127


def main() -> None:
    if not os.read(0, 1):
        sys.exit(CANNOT_RUN)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    command = sys.argv[1:]
    try:
        os.execvp(command[0], command)  # noqa: S606  the workload itself
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(CANNOT_RUN)


if __name__ == "__main__":
    main()
