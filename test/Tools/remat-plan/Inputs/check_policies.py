"""Runs every policy through chain, verify, frontier and compare: check_policies.py REMAT_PLAN

Checks the members of the JSON, their types, and that the schedules do what the plans say, for each kind of start."""

import json
import subprocess
import sys
import tempfile

whole, number, truth, text = int, (int, float), bool, str
PLAN = {"policy": text, "steps": whole, "budget": whole, "feasible": truth, "forward": whole, "advance": whole,
        "record": whole, "reverse": whole, "time": float, "time_ratio": number, "lower_bound": float, "certified": truth,
        "bound_any_schedule": float, "peak": whole, "minimum_budget": whole, "solve_seconds": number}
SLOW = {"stall": float, "offloaded_states": whole, "offloaded_tapes": whole, "slow_peak": whole, "scheme": text,
        "predicted_time": float}
INFEASIBLE = {"feasible": truth, "budget": whole, "minimum_budget": whole}
POINT = {"budget": whole, "forward": whole, "time": float, "time_ratio": number, "lower_bound": float}
ONE_MEMORY = ["store-all", "periodic", "revolve", "hsm", "ism", "msm", "mixed", "online", "optimal"]
# Published for an initial state that stays.
KEEP_START = ["store-all", "periodic", "revolve", "hsm", "ism", "msm"]
TWO_MEMORIES = ["every-interval", "multistage", "h-revolve", "disk-revolve"]


def run(status, *arguments, stdin=None):
    done = subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True, input=stdin)
    assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout


def check_members(actual, *expected):
    members = {name: kind for each in expected for name, kind in each.items()}
    assert set(actual) == set(members), (set(actual) ^ set(members), actual)
    for name, kind in members.items():
        assert isinstance(actual[name], kind), (name, actual)
        assert kind is truth or not isinstance(actual[name], bool), (name, actual)


def check(file, policy, budget, slow):
    plan = json.loads(run(0, "chain", file, "--policy", policy, "--budget", budget, "--json"))
    check_members(plan, PLAN, slow)
    assert plan["policy"] == ("revolve" if policy == "hsm" else policy) and plan["feasible"], plan
    assert plan["forward"] == plan["advance"] + plan["record"], plan
    assert plan["bound_any_schedule"] <= plan["time"] and plan["lower_bound"] <= plan["time"], plan
    assert plan["certified"] == (plan["lower_bound"] == plan["time"]), plan
    assert plan["minimum_budget"] <= plan["peak"] <= plan["budget"], plan
    actions = run(0, "chain", file, "--policy", policy, "--budget", budget, "--actions", "-")
    played = json.loads(run(0, "verify", file, "-", "--budget", str(plan["budget"]), "--json", stdin=actions))
    assert (played.pop("valid"), played.pop("action"), played.pop("rule")) == (True, 0, "")
    for name, value in played.items():
        assert plan[name] == value, (name, plan, played)
    return plan, actions


def main():
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for start in ("releasable", "pinned", "external"):
            for tier in (None, {"write": 2, "read": 3}, {"write": 1, "read": 1, "latency": 1, "blocking": True}):
                stage = {"count": 23, "advance": 1, "record": 1.5, "reverse": 2, "state": 2, "tape": 5, "workspace": 1}
                file = f"{folder}/problem.json"
                with open(file, "w") as stream:
                    json.dump({"kind": "chain", "stages": [stage], "start": start, "slow": tier}, stream)
                slow = SLOW if tier else {}
                for policy in ONE_MEMORY + (TWO_MEMORIES if tier else []):
                    for budget in ("min", "60", "unlimited"):
                        if policy in ("store-all", "periodic") and budget == "60":
                            continue
                        plan, actions = check(file, policy, budget, slow)
                        if policy in KEEP_START or start != "releasable":
                            assert '["discard_state", 0]' not in actions, (policy, actions)
                        count += 1
                    less = plan["minimum_budget"] - 1
                    if less >= 0:
                        check_members(json.loads(run(3, "chain", file, "--policy", policy, "--budget", str(less),
                                                     "--json")), INFEASIBLE)
                points = json.loads(run(0, "frontier", file, "--json"))
                for point in points:
                    check_members(point, POINT)
                for low, high in zip(points, points[1:]):
                    assert low["budget"] < high["budget"] and low["time"] > high["time"], (low, high)
                plans = json.loads(run(0, "compare", file, "--budget", "60", "--json"))
                compared = [policy for policy in ONE_MEMORY if policy != "hsm"] + (TWO_MEMORIES if tier else [])
                assert sorted(plan["policy"] for plan in plans) == sorted(compared), plans
                for plan in plans:
                    check_members(plan, *([PLAN, slow] if plan["feasible"] else [INFEASIBLE, {"policy": text}]))
    # An external initial state is one more for the published policies.
    forward = []
    for flags in (["--budget", "4", "--start", "external"], ["--budget", "5"]):
        forward.append(json.loads(run(0, "chain", "--steps", "23", "--tape", "9", "--policy", "revolve", "--json",
                                      *flags))["forward"])
    assert forward[0] == forward[1], forward
    print(count, "plans")


if __name__ == "__main__":
    main()
