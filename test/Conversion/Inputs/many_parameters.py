"""Prints an operation that reads 4,096 scalars from outside."""

N = 4096
print("func.func @f(%y: memref<f32>, " + ", ".join(f"%x{i}: f32" for i in range(N)) + ") {")
print("  linalg.generic {indexing_maps = [affine_map<() -> ()>], iterator_types = []} outs(%y : memref<f32>) {")
print("  ^bb0(%s0: f32):")
for i in range(N):
    print(f"    %s{i + 1} = arith.addf %s{i}, %x{i} : f32")
print(f"    linalg.yield %s{N} : f32")
print("  }\n  return\n}")
