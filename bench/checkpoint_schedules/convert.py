"""Turns a schedule of the package checkpoint_schedules into the actions of remat-plan.

The package numbers steps from 0 and names a checkpoint by the step in front of which it is; here steps are 1..T and
state i is the one behind step i. Its working memory is the core here, RAM the fast memory, DISK the slow tier. What
goes to DISK is kept in fast memory while it is copied, so such a schedule needs room for one thing more.
"""

from checkpoint_schedules import Copy, EndReverse, Forward, Move, Reverse, StorageType

RAM, DISK, WORK = StorageType.RAM, StorageType.DISK, StorageType.WORK


class Converter:
    def __init__(self, steps):
        self.steps = steps
        self.actions = []
        # Checkpoints by where they are and in front of which step; whether each is a tape.
        self.stored = {}
        # Tapes in fast memory, each perhaps with a slow copy that goes when it does.
        self.tapes = {}
        self.has_started = False

    def add(self, *action):
        self.actions.append(list(action))

    def write(self, storage, step, is_tape):
        """Stores what is in the core."""
        suffix, item = ("_tape", step + 1) if is_tape else ("", step)
        if (storage, step) in self.stored:
            raise ValueError(f"step {step} is stored twice")
        self.stored[storage, step] = is_tape
        # The initial state is kept to begin with.
        if self.has_started:
            self.add("keep" if is_tape else "checkpoint", item)
        if storage == DISK:
            self.add("offload" + suffix, item)
            self.add("await" + suffix, item)
            self.add("discard_tape" if is_tape else "discard_state", item)

    def forward(self, action):
        begin, end = action.n0, min(action.n1, self.steps)
        stores = action.storage in (RAM, DISK)
        if not self.has_started and not (action.write_ics and stores):
            self.add("discard_state", 0)
        if action.write_ics and stores:
            self.write(action.storage, begin, is_tape=False)
        self.has_started = True
        if not action.write_adj_deps:
            self.add("advance", begin, end)
            return end
        for step in range(begin, end):
            self.add("record", step + 1)
            if stores:
                self.write(action.storage, step, is_tape=True)
            elif step + 1 < end:
                self.add("keep", step + 1)
                self.tapes[step + 1] = False
        return end

    def read(self, action, removes):
        is_tape = self.stored[action.from_storage, action.n]
        if removes:
            del self.stored[action.from_storage, action.n]
        is_slow = action.from_storage == DISK
        if is_tape:
            if is_slow:
                self.add("prefetch_tape", action.n + 1)
                self.add("await_tape", action.n + 1)
            self.tapes[action.n + 1] = is_slow and removes
            return
        if is_slow:
            self.add("prefetch", action.n)
            self.add("await", action.n)
        self.add("restore", action.n)
        # The fast copy, then the slow one.
        for _ in range(int(is_slow) + int(removes)):
            self.add("discard_state", action.n)

    def reverse(self, action):
        for step in range(action.n1, action.n0, -1):
            self.add("reverse", step)
            if step in self.tapes:
                for _ in range(1 + int(self.tapes.pop(step))):
                    self.add("discard_tape", step)


def convert(schedule, steps):
    """The actions of the first reversal of `schedule`."""
    converter = Converter(steps)
    for action in schedule:
        if isinstance(action, Forward):
            end = converter.forward(action)
            if end == steps and schedule.max_n is None:
                schedule.finalize(steps)
        elif isinstance(action, Reverse):
            converter.reverse(action)
        elif isinstance(action, (Copy, Move)):
            converter.read(action, removes=isinstance(action, Move))
        elif isinstance(action, EndReverse):
            break
    return converter.actions
