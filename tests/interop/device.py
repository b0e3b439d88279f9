# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Starting, watching and killing the device program."""

import ctypes
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

from wire import PATIENCE, DeviceSilent, Peer

TRANSITION = re.compile(r"^9/(\d+) state=([A-Z_]+) 7=(\d) 9=(\d+) 12=([01])$")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent():
    """So that a killed test run leaves no device behind (Linux only)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    except (AttributeError, OSError):
        pass


class Device:
    """One device program; start() may be called again after kill() or stop()."""

    def __init__(self, executable, directory):
        self.executable = executable
        self.directory = pathlib.Path(directory)
        self.process = None
        self.port = None
        self.peers = []
        self.lines = []
        self.log = ""

    def spawn(self, *arguments):
        self.directory.mkdir(parents=True, exist_ok=True)
        command = [str(self.executable), "--dir", str(self.directory), *map(str, arguments)]
        self.lines = []
        self._errors = open(self.directory.parent / "device-stderr.txt", "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=self._errors,
                                        text=True, errors="replace",
                                        preexec_fn=_die_with_parent)
        self.log += f"$ {' '.join(command)}\n"
        self._reader = threading.Thread(target=self._read, args=(self.process, self.lines),
                                        daemon=True)
        self._reader.start()

    def _read(self, process, lines):
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            self.log += line

    def start(self, *arguments):
        """Serves on a free port of loopback; returns a peer."""
        for attempt in range(3):      # the port may be taken between probing and use
            self.port = free_port()
            self.spawn("--listen", self.port, *arguments)
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                if "ready" in self.lines:
                    return self.peer()
                if self.process.poll() is not None:
                    break
                time.sleep(0.005)
            self.kill()
        raise DeviceSilent(f"the device does not get ready:\n{self.report()}")

    def peer(self):
        """One more server, on a local port of its own."""
        peer = Peer(self.port)
        self.peers.append(peer)
        return peer

    def restart(self, *arguments):
        """kill -9, then start again on the same directory."""
        self.kill()
        return self.start(*arguments)

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._reader.join(PATIENCE)
            self.process.stdout.close()
            self._errors.close()
            self.process = None
        for peer in self.peers:
            peer.close()
        self.peers = []

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def report(self):
        errors = self.directory.parent / "device-stderr.txt"
        text = errors.read_text(errors="replace") if errors.exists() else ""
        return f"{self.log}--- stderr ---\n{text}"

    # --- what the device left on disk or said on stdout ----------------------

    def package(self, instance=0):
        return (self.directory / str(instance) / "package").read_bytes()

    def installed(self, instance=0):
        return (self.directory / str(instance) / "installed" / "package").read_bytes()

    def transitions(self, instance=0):
        """[(state name, 7, 9, 12), ...] since the last start."""
        found = filter(None, map(TRANSITION.match, list(self.lines)))
        return [(m[2], int(m[3]), int(m[4]), int(m[5]))
                for m in found if int(m[1]) == instance]

    def states(self, instance=0):
        return [row[0] for row in self.transitions(instance)]

    def wait_state(self, name, instance=0, count=1, timeout=PATIENCE):
        deadline = time.monotonic() + timeout
        while self.states(instance).count(name) < count:
            if time.monotonic() > deadline:
                raise DeviceSilent(f"9/{instance} never printed state={name} ({count} times)")
            time.sleep(0.01)
