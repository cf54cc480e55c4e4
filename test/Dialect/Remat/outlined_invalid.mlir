// RUN: remat-opt %s -split-input-file -verify-diagnostics

// chain_c1
func.func @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{'remat.chain' op expects @step to be a private function with a body}}
remat.chain "private" @public advance(@step) carry [tensor<4xf32>]

// -----

// chain_c1
// expected-error@+1 {{expects @missing to be a private function with a body}}
remat.chain "private" @unknown advance(@missing) carry [tensor<4xf32>]

// -----

// chain_c2
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects 'record', 'linearize' and 'reverse' together}}
remat.chain "private" @half advance(@step) record(@step) carry [tensor<4xf32>]

// -----

// chain_c2
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects 'advance_again', 'record_again' and 'resume' only with 'reverse'}}
remat.chain "private" @replayed advance(@step) advance_again(@step) carry [tensor<4xf32>]

// -----

// chain_c3
func.func private @step(%t: index, %pos: index, %h: tensor<?xf32>) -> tensor<?xf32> {
  return %h : tensor<?xf32>
}
// expected-error@+1 {{expects a carry type to be a tensor of static shape with float or integer elements, but got 'tensor<?xf32>'}}
remat.chain "private" @dynamic advance(@step) carry [tensor<?xf32>]

// -----

// chain_c3
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects tape and gradient types only with 'reverse'}}
remat.chain "private" @taped advance(@step) carry [tensor<4xf32>] tape [tensor<4xf32>]

// -----

// chain_c3
func.func private @step(%t: index, %pos: index, %n: tensor<4xi32>) -> tensor<4xi32> {
  return %n : tensor<4xi32>
}
// expected-error@+1 {{expects a gradient type to be a float tensor, but got 'tensor<4xi32>'}}
remat.chain "private" @integer advance(@step) record(@step) linearize(@step) reverse(@step)
  carry [tensor<4xi32>] gradient [tensor<4xi32>]

// -----

// chain_c3
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects one of 'tape_carries' per tape type, but got 1}}
remat.chain "private" @few advance(@step) record(@step) linearize(@step) reverse(@step) carry [tensor<4xf32>]
  tape [tensor<4xf32>, tensor<4xf32>] tape_carries [0]

// -----

// chain_c3
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects 'tape_carries' to be -1 or different carries, but got 0}}
remat.chain "private" @twice advance(@step) record(@step) linearize(@step) reverse(@step) carry [tensor<4xf32>]
  tape [tensor<4xf32>, tensor<4xf32>] tape_carries [0, 0]

// -----

// chain_c3
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects 'tape_carries' to be -1 or different carries, but got 1}}
remat.chain "private" @absent advance(@step) record(@step) linearize(@step) reverse(@step) carry [tensor<4xf32>]
  tape [tensor<4xf32>] tape_carries [1]

// -----

// chain_c3
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects tape component 1, which is carry 0, to have the type 'tensor<4xf32>', but got 'tensor<2xf32>'}}
remat.chain "private" @other_type advance(@step) record(@step) linearize(@step) reverse(@step) carry [tensor<4xf32>]
  tape [tensor<4xf32>, tensor<2xf32>] tape_carries [-1, 0]

// -----

// chain_c7
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects 'gradients_in_place' to be increasing and below 1, but got 1}}
remat.chain "private" @counted advance(@step) record(@step) linearize(@step) reverse(@step) carry [tensor<4xf32>]
  gradient [tensor<4xf32>] in_place [0, 1]

// -----

// chain_c7
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects 'gradients_in_place' to be increasing and below 2, but got 0}}
remat.chain "private" @again advance(@step) record(@step) linearize(@step) reverse(@step) carry [tensor<4xf32>]
  gradient [tensor<4xf32>, tensor<4xf32>] in_place [0, 0]

// -----

// chain_c4
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects bytes in 'workspace' that are not negative, but got -64}}
remat.chain "private" @shrunk advance(@step) carry [tensor<4xf32>] workspace [0, -64, 0, 0, 0, 0, 0]

// -----

// chain_c4
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
// expected-error@+1 {{expects seven entries in 'workspace', but got 1}}
remat.chain "private" @single advance(@step) carry [tensor<4xf32>] workspace [0]

// -----

// expected-note@+1 {{@step is here}}
func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>]
func.func @wrong_step_type(%h0: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  // forward_sweep_c1
  // expected-error@+1 {{expects the 'advance' function to have the type '(index, index, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>', but got '(index, index, tensor<4xf32>) -> tensor<4xf32>'}}
  %hT = remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) capture(%w : tensor<4xf32>)
    final(%e : tensor<4xf32>) -> tensor<4xf32>
  return %hT : tensor<4xf32>
}

// -----

func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>]
func.func @wrong_carry(%h0: tensor<3xf32>) -> tensor<3xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<3xf32>
  // forward_sweep_c1
  // expected-error@+1 {{expects initial and final carries ('tensor<4xf32>')}}
  %hT = remat.forward_sweep @walk count(%count) init(%h0 : tensor<3xf32>) final(%e : tensor<3xf32>) -> tensor<3xf32>
  return %hT : tensor<3xf32>
}

// -----

func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>]
func.func @mixed(%h0: tensor<4xf32>, %out: memref<4xf32>) {
  %count = arith.constant 3 : index
  // forward_sweep_c2
  // expected-error@+1 {{expects tensors or memrefs, but got both}}
  remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) final(%out : memref<4xf32>)
  return
}

// -----

func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>]
func.func @output_missing(%h0: tensor<4xf32>) {
  %count = arith.constant 3 : index
  // forward_sweep_c2
  // expected-error@+1 {{expects outputs ('tensor<4xf32>'), but got ()}}
  remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) final(%h0 : tensor<4xf32>)
  return
}

// -----

func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>]
func.func @no_such_carry(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  // forward_sweep_c4
  // expected-error@+1 {{expects 'kept_inits' to be increasing and below 1, but got 1}}
  %hT = remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) final(%e : tensor<4xf32>) kept_inits [1]
    -> tensor<4xf32>
  return %hT : tensor<4xf32>
}

// -----

func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>]
func.func @history_unwanted(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  // forward_sweep_c3
  // expected-error@+1 {{expects a history if and only if @walk is differentiated}}
  %hT, %history = remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) final(%e : tensor<4xf32>)
    -> tensor<4xf32> history !remat.history
  return %hT : tensor<4xf32>
}

// -----

func.func @not_a_chain(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  // expected-error@+1 {{expects @nothing to be a 'remat.chain'}}
  %hT = remat.forward_sweep @nothing count(%count) init(%h0 : tensor<4xf32>) final(%e : tensor<4xf32>) -> tensor<4xf32>
  return %hT : tensor<4xf32>
}

// -----

func.func private @forward(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
func.func private @linearize(%t: index, %pos: index, %h: tensor<4xf32>) {
  return
}
func.func private @reverse(%t: index, %pos: index, %d: tensor<4xf32>) -> tensor<4xf32> {
  return %d : tensor<4xf32>
}
remat.chain "private" @walk advance(@forward) record(@forward) linearize(@linearize) reverse(@reverse)
  carry [tensor<4xf32>] gradient [tensor<4xf32>]
remat.chain "private" @other advance(@forward) record(@forward) linearize(@linearize) reverse(@reverse)
  carry [tensor<4xf32>] gradient [tensor<4xf32>]
func.func @foreign_history(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  %hT, %history = remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) final(%e : tensor<4xf32>)
    -> tensor<4xf32> history !remat.history
  // backward_sweep_c3
  // expected-error@+1 {{expects the history of one forward sweep of @other, used only here}}
  %d = remat.backward_sweep @other history(%history) count(%count) init(%h0 : tensor<4xf32>)
    final_cotangent(%hT : tensor<4xf32>) init_gradient(%e : tensor<4xf32>) -> tensor<4xf32>
  return %d : tensor<4xf32>
}

// -----

func.func private @forward(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
func.func private @linearize(%t: index, %pos: index, %h: tensor<4xf32>) {
  return
}
// expected-note@+1 {{@reverse is here}}
func.func private @reverse(%t: index, %pos: index, %d: tensor<4xf32>, %acc: tensor<4xf32>) -> tensor<4xf32> {
  return %d : tensor<4xf32>
}
remat.chain "private" @walk advance(@forward) record(@forward) linearize(@linearize) reverse(@reverse)
  carry [tensor<4xf32>] gradient [tensor<4xf32>]
func.func @wrong_reverse_type(%h0: tensor<4xf32>) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  %hT, %history = remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) final(%e : tensor<4xf32>)
    -> tensor<4xf32> history !remat.history
  // backward_sweep_c1
  // expected-error@+1 {{expects the 'reverse' function to have the type '(index, index, tensor<4xf32>) -> tensor<4xf32>'}}
  %d = remat.backward_sweep @walk history(%history) count(%count) init(%h0 : tensor<4xf32>)
    final_cotangent(%hT : tensor<4xf32>) init_gradient(%e : tensor<4xf32>) -> tensor<4xf32>
  return %d : tensor<4xf32>
}

// -----

func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>]
func.func @number_of_another_type(%h0: f64) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  // forward_sweep_c1
  // expected-error@+1 {{expects initial and final carries ('tensor<4xf32>')}}
  %hT = remat.forward_sweep @walk count(%count) init(%h0 : f64) final(%e : tensor<4xf32>) -> tensor<4xf32>
  return %hT : tensor<4xf32>
}

// -----

func.func private @step(%t: index, %pos: index, %h: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
remat.chain "private" @walk advance(@step) carry [tensor<4xf32>]
func.func @number_is_kept(%h0: f32) -> tensor<4xf32> {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  // forward_sweep_c4
  // expected-error@+1 {{expects 'kept_inits' to be arrays, but initial carry #0 is a number of type 'f32'}}
  %hT = remat.forward_sweep @walk count(%count) init(%h0 : f32) final(%e : tensor<4xf32>) kept_inits [0] -> tensor<4xf32>
  return %hT : tensor<4xf32>
}

// -----

// A gradient in place is one argument.
// expected-note@+1 {{@step is here}}
func.func private @step(%t: index, %pos: index, %a: memref<4xf32>, %next: memref<4xf32>, %workspace: memref<0xi8>,
                        %counters: memref<5xi64>) {
  return
}
func.func private @linearize(%t: index, %pos: index, %a: memref<4xf32>, %workspace: memref<0xi8>,
                             %counters: memref<5xi64>) {
  return
}
remat.chain "private" @turn advance(@step) record(@step) linearize(@linearize) reverse(@step) carry [tensor<4xf32>]
  gradient [tensor<4xf32>] in_place [0] workspace [0, 0, 0, 0, 0, 0, 0]
func.func @wrong_in_place(%x: memref<4xf32>, %a: memref<4xf32>, %count: index) {
  %history = remat.forward_sweep @turn count(%count) init(%x : memref<4xf32>) final(%a : memref<4xf32>)
    history !remat.history
  // backward_sweep_c1
  // expected-error@+1 {{expects the 'reverse' function to have the type '(index, index, memref<4xf32>, memref<0xi8>, memref<5xi64>) -> ()'}}
  remat.backward_sweep @turn history(%history) count(%count) init(%x : memref<4xf32>)
    final_cotangent(%x : memref<4xf32>) init_gradient(%a : memref<4xf32>)
  return
}

// -----

func.func private @step(%t: index, %pos: index, %a: memref<4xf32>, %next: memref<4xf32>, %workspace: memref<0xi8>,
                        %counters: memref<5xi64>) {
  return
}
func.func private @linearize(%t: index, %pos: index, %a: memref<4xf32>, %workspace: memref<0xi8>,
                             %counters: memref<5xi64>) {
  return
}
remat.chain "private" @turn advance(@step) record(@step) linearize(@linearize) reverse(@step) carry [tensor<4xf32>]
  gradient [tensor<4xf32>] workspace [0, 0, 0, 0, 0, 0, 0]
func.func @tensors_among_memrefs(%x: memref<4xf32>, %a: memref<4xf32>, %d: tensor<4xf32>, %count: index) {
  %history = remat.forward_sweep @turn count(%count) init(%x : memref<4xf32>) final(%a : memref<4xf32>)
    history !remat.history
  // backward_sweep_c2
  // expected-error@+1 {{expects tensors or memrefs, but got both}}
  %0 = remat.backward_sweep @turn history(%history) count(%count) init(%x : memref<4xf32>)
    final_cotangent(%x : memref<4xf32>) init_gradient(%d : tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @forward(%t: index, %pos: index, %h: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  return %h : tensor<4xf32>
}
func.func private @linearize(%t: index, %pos: index, %h: tensor<4xf32>, %w: tensor<4xf32>) {
  return
}
func.func private @reverse(%t: index, %pos: index, %w: tensor<4xf32>, %d: tensor<4xf32>, %acc: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  return %d, %acc : tensor<4xf32>, tensor<4xf32>
}
remat.chain "private" @walk advance(@forward) record(@forward) linearize(@linearize) reverse(@reverse)
  carry [tensor<4xf32>] gradient [tensor<4xf32>]
func.func @packed_beyond_the_last(%h0: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %count = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  %hT, %history = remat.forward_sweep @walk count(%count) init(%h0 : tensor<4xf32>) capture(%w : tensor<4xf32>)
    final(%e : tensor<4xf32>) -> tensor<4xf32> history !remat.history
  // backward_sweep_c4
  // expected-error@+1 {{expects 'packed_accumulators' to be increasing and below 1, but got 1}}
  %d:2 = remat.backward_sweep @walk history(%history) count(%count) init(%h0 : tensor<4xf32>)
    capture(%w : tensor<4xf32>) final_cotangent(%hT : tensor<4xf32>) init_gradient(%e : tensor<4xf32>)
    accumulator(%e : tensor<4xf32>) packed_accumulators [1] -> tensor<4xf32>, tensor<4xf32>
  return %d#0, %d#1 : tensor<4xf32>, tensor<4xf32>
}
