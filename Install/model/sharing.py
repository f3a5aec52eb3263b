"""Fits the number of threads to what other work on the machine leaves over.

Two threads in step with each other are only as fast as the slower one: where other work takes one of two cores, one
thread alone is faster than two that wait for each other at every operator.
"""
import os
import time

import torch


class Sharing:
    def __init__(self, every=3.0):
        self.cores, self.every = os.cpu_count() or 1, every
        self.last = self.sample()

    @staticmethod
    def sample():
        """(now, seconds of processor time used by everyone, by this process), or None off Linux."""
        try:
            with open("/proc/stat") as f:
                fields = [int(v) for v in f.readline().split()[1:]]
        except OSError:
            return None
        idle = fields[3] + fields[4]
        return time.monotonic(), (sum(fields[:8]) - idle) / os.sysconf("SC_CLK_TCK"), time.process_time()

    def adjust(self):
        """Call between steps: now and then counts the cores that others use and takes the rest, at least one."""
        if self.last is None or time.monotonic() - self.last[0] < self.every:
            return
        now = self.sample()
        wall, everyone, own = (b - a for a, b in zip(self.last, now))
        self.last = now
        threads = max(1, round(self.cores - (everyone - own) / wall))
        if threads != torch.get_num_threads():
            torch.set_num_threads(threads)
