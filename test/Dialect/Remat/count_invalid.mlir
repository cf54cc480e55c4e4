// RUN: remat-opt %s -split-input-file -verify-diagnostics

// count_c1

func.func @few(%counters: memref<4xi64>) {
  // expected-error @+1 {{expects counters of type 'memref<5xi64>' or 'memref<?xi64>', but got 'memref<4xi64>'}}
  remat.count advance in %counters : memref<4xi64>
  return
}

// -----

func.func @narrow(%counters: memref<?xi32>) {
  // expected-error @+1 {{expects counters of type 'memref<5xi64>' or 'memref<?xi64>', but got 'memref<?xi32>'}}
  remat.count advance in %counters : memref<?xi32>
  return
}

// -----

func.func @strided(%counters: memref<5xi64, strided<[2]>>) {
  // expected-error @+1 {{expects counters of type 'memref<5xi64>' or 'memref<?xi64>', but got 'memref<5xi64, strided<[2]>>'}}
  remat.count advance in %counters : memref<5xi64, strided<[2]>>
  return
}

// -----

func.func @plane(%counters: memref<5x1xi64>) {
  // expected-error @+1 {{expects counters of type 'memref<5xi64>' or 'memref<?xi64>', but got 'memref<5x1xi64>'}}
  remat.count advance in %counters : memref<5x1xi64>
  return
}

// -----

// What is resumed is not counted.
func.func @uncounted(%counters: memref<5xi64>) {
  // expected-error @+1 {{expected string or keyword containing one of the following enum values for attribute 'counter' [advance, advance_again, record, record_again, reverse]}}
  remat.count resume in %counters : memref<5xi64>
  return
}

// -----

func.func @number(%counters: memref<5xi64>) {
  // expected-error @+1 {{Invalid attribute `counter` in property conversion: 5 : i64}}
  "remat.count"(%counters) <{counter = 5 : i64}> : (memref<5xi64>) -> ()
  return
}

// -----

// reset_counters_c1

func.func @many(%counters: memref<6xi64>) {
  // expected-error @+1 {{expects counters of type 'memref<5xi64>' or 'memref<?xi64>', but got 'memref<6xi64>'}}
  remat.reset_counters %counters : memref<6xi64>
  return
}

// -----

func.func @unranked(%counters: memref<*xi64>) {
  // expected-error @+1 {{expects counters of type 'memref<5xi64>' or 'memref<?xi64>', but got 'memref<*xi64>'}}
  remat.reset_counters %counters : memref<*xi64>
  return
}
