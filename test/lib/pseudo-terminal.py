# Runs a command in a pseudo-terminal, as a person would: presses Enter until it shows PROMPT, types INPUT, prints all that it showed.
# Usage: pseudo-terminal.py PROMPT INPUT COMMAND [ARG ...]
import os, pty, select, sys, time

prompt, text = sys.argv[1].encode(), sys.argv[2].encode().decode("unicode_escape").encode()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
shown, typed, end = b"", False, time.time() + 40
enter = time.time() + 1
while time.time() < end:
    if select.select([terminal], [], [], 0.2)[0]:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    if not typed and prompt in shown:
        os.write(terminal, text)
        typed = True
    elif not typed and time.time() > enter:
        os.write(terminal, b"\n")
        enter = time.time() + 1
sys.stdout.write(shown.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if time.time() < end else 124)
