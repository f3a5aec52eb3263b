#define _GNU_SOURCE
#include "dragon_openblas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static dragon_openblas functions;

static const char *processor(void) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
        return "SkylakeX";
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "Haswell";
#endif
    return NULL;
}

static void load(void) {
    const char *name = processor();
    if (name)
        setenv("OPENBLAS_CORETYPE", name, 0);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    char *(*core)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
    *(void **)&functions.set_threads = dlsym(library, "openblas_set_num_threads");
    *(void **)&functions.sgemm = dlsym(library, "cblas_sgemm");
    if (!core || !functions.set_threads)
        functions.sgemm = NULL;
    else
        functions.core = core();
}

const dragon_openblas *dragon_openblas_load(void) {
    pthread_once(&once, load);
    return functions.sgemm ? &functions : NULL;
}
