// The plan, the memory of the function, and what the remark says.

// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule | FileCheck %s --check-prefix=ALL
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=budget=50%% \
// RUN:   --remarks-filter-analyse=remat.plan 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule="budget=50%% policy=revolve" \
// RUN:   | FileCheck %s --check-prefix=REVOLVE
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule="budget=50%% policy=online" \
// RUN:   --remarks-filter-analyse=remat.plan 2>&1 | FileCheck %s --check-prefix=ONLINE
// RUN: not remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=policy=multistage 2>&1 \
// RUN:   | FileCheck %s --check-prefix=SLOW
// RUN: not remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=budget=0 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=budget=min | FileCheck %s --check-prefix=MIN
// RUN: not remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=function-cost=nan 2>&1 \
// RUN:   | FileCheck %s --check-prefix=COST
// RUN: not remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=move-cost=-1 2>&1 | FileCheck %s --check-prefix=COST
// RUN: not remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule=budget=-5 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NEGATIVE
// RUN: not remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule="budget='5 apples'" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=APPLES

// Everything is kept: 39 tapes in slots and the last one in the core.
// ALL: plan <policy = optimal, steps = 40, {{.*}}slot_bytes = 7488, {{.*}}advances = 0, records = 40,

// HALF-DAG: remark: [Analysis] Memory | Category:remat-plan | Function=gradient
// HALF-DAG: remark: [Analysis] Schedule | Category:remat-plan | Function=gradient | Certified=yes, Chain=walk
// HALF-DAG: plan <policy = optimal, steps = 40,

// REVOLVE: plan <policy = revolve, steps = 40,

// The bound is that of the best plan, so this one is not proved to be the best.
// ONLINE-DAG: remark: [Analysis] Schedule | Category:remat-plan | Function=gradient | Certified=no, Chain=walk, ForwardSteps=79, {{.*}}Policy=online
// ONLINE-DAG: plan <policy = online, steps = 40,

// A tier alone is no plan table.
// RUN: not remat-opt %S/../Inputs/planned-chain.mlir --remat-plan-schedule="policy=multistage slow-tier" 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NO-TABLES
// NO-TABLES: error: @gradient cannot be planned: policy multistage has no plan tables

// SLOW: planned-chain.mlir:{{[0-9]+}}:{{[0-9]+}}: error: @gradient cannot be planned: policy multistage needs a slow tier, which its target does not have

// A budget that is too small: what the smallest one consists of.
// ZERO: error: {{.*}}cannot run inside a budget of 0{{.*}}: the smallest feasible budget is [[MINIMUM:[0-9]+]] bytes
// ZERO-DAG: note: 896 bytes: stack of the walk of @walk
// ZERO-DAG: note: 256 bytes: walk of the plan of @walk
// ZERO-DAG: note: 192 bytes: core tape of @walk
// ZERO-DAG: note: 128 bytes: workspace of a step that runs again of @walk
// ZERO-DAG: note: 64 bytes: core state of @walk
// ZERO-DAG: note: 64 bytes: gradient carries of @walk

// MIN: remat.memory = #remat.memory<budget = [[LEAST:[0-9]+]], peak = [[LEAST]], walk = 1152, store_all = {{[0-9]+}}, minimum = [[LEAST]],
// COST: error: remat-plan-schedule: expects costs that are finite and not negative, but got
// NEGATIVE: budget option: expects a budget in bytes {{.*}}, but got '-5'
// APPLES: budget option: expects a budget in bytes {{.*}}, but got '5 apples'
