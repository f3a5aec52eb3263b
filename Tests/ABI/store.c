#include "abi.h"

void test_store(void) {}
