"""The caller's side of `warm.py`: asks for a process, passes signals on to it, and ends as it ends.

It is started for every command of a page, so it imports nothing that is not built into the interpreter.
"""

import _signal
import _socket
import marshal
import os
import sys


def main() -> None:
    """`warm_call.py SOCKET NAME ARGUMENTS…`: NAME is what the process is to be, `callsheet` or `python`."""
    path, name, *arguments = sys.argv[1:]
    line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    line.connect(path)
    order = marshal.dumps((name, arguments, dict(os.environ), os.getcwd(), os.getsid(0) == os.getpid()))
    handles = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    line.sendmsg([len(order).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, handles)])
    while order:
        order = order[line.send(order) :]
    pid = _number(line)
    for number in (_signal.SIGTERM, _signal.SIGINT, _signal.SIGHUP):
        _signal.signal(number, lambda signal, _frame: os.kill(pid, signal))
    code = _number(line)
    if code < 0:
        _signal.signal(-code, _signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _number(line: _socket.socket) -> int:
    said = b""
    while len(said) < 4:
        part = line.recv(4 - len(said))
        if not part:
            os._exit(70)
        said += part
    return int.from_bytes(said, "big", signed=True)


main()
