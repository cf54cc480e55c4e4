# Writes a problem of so many different stages to a file.

import json
import random
import sys

random.seed(1)
stages = []
for _ in range(int(sys.argv[1])):
    advance = random.randint(1, 20)
    stages.append(
        {
            "count": 1,
            "advance": advance,
            "state": random.randint(1, 10),
            "modes": [
                {
                    "record": advance + random.randint(0, 3),
                    "reverse": random.randint(1, 40),
                    "tape": random.randint(5, 50),
                }
            ],
        }
    )
budget = sum(stage["modes"][0]["tape"] for stage in stages) // 20
with open(sys.argv[2], "w") as file:
    json.dump(
        {"kind": "chain", "stages": stages, "initial_state": 5, "budget": budget}, file
    )
