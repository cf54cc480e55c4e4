//===- HeapHook.cpp - Counts allocations of the whole process -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled code gets counted allocation functions, but a library that it calls
// would not. So in remat-run the process has its own malloc, which forwards to that
// of the C library and reports to the record of a measured call. Sanitizers
// replace malloc themselves; then only the first kind of counting remains.
//
//===----------------------------------------------------------------------===//

#include "remat/Execution/HeapUse.h"

#include <malloc.h>

#include <cerrno>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
#define REMAT_HAS_SANITIZER
#endif
#endif

#if defined(__GLIBC__) && !defined(REMAT_HAS_SANITIZER) && !defined(__SANITIZE_ADDRESS__)

extern "C" {
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *pointer, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *pointer);
}

static void *note(void *pointer) {
  if (remat::HeapUse *use = remat::getActiveHeapUse(); use && pointer)
    use->noteAllocation(malloc_usable_size(pointer));
  return pointer;
}

static void noteRelease(void *pointer) {
  if (remat::HeapUse *use = remat::getActiveHeapUse(); use && pointer)
    use->noteRelease(malloc_usable_size(pointer));
}

extern "C" {

void *malloc(size_t bytes) { return note(__libc_malloc(bytes)); }

void *calloc(size_t count, size_t bytes) { return note(__libc_calloc(count, bytes)); }

void *realloc(void *pointer, size_t bytes) {
  noteRelease(pointer);
  return note(__libc_realloc(pointer, bytes));
}

void *memalign(size_t alignment, size_t bytes) { return note(__libc_memalign(alignment, bytes)); }

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  *result = memalign(alignment, bytes);
  return *result ? 0 : ENOMEM;
}

void free(void *pointer) {
  noteRelease(pointer);
  __libc_free(pointer);
}

} // extern "C"

#endif
