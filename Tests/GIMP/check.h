// What the tests of plain C share: counting.
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdio.h>

static int checks, failures;

#define CHECK(good)                                                                                                    \
    do {                                                                                                               \
        checks++;                                                                                                      \
        if (!(good)) {                                                                                                 \
            failures++;                                                                                                \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #good);                                                 \
        }                                                                                                              \
    } while (0)

#endif
