// Tests of the engine's C interface. Arguments: the model, the command line, a folder for files, and how many random
// calls.
#include "abi.h"

const char *model_path, *program_path, *work_path;
int failures;

static void run(const char *name, void (*test)(void)) {
    int before = failures;
    test();
    printf("%s %s\n", failures == before ? "ok    " : "FAILED", name);
    fflush(stdout);
}

int main(int count, char **arguments) {
    if (count != 5)
        return 2;
    model_path = arguments[1];
    program_path = arguments[2];
    work_path = arguments[3];
    run("the library says what it is", test_library);
    run("models are listed, opened, described and closed", test_models);
    run("parameters do what they say", test_parameters);
    run("models are added", test_store);
    run("requests are checked", test_requests);
    run("results are copied", test_results);
    run("objects are found", test_selectors);
    run("threads, cancelling and closing", test_threads);
    run("the result is the command line's", test_command_line);
    int before = failures;
    test_fuzz((unsigned)strtoul(arguments[4], NULL, 10));
    printf("%s %s random calls\n", failures == before ? "ok    " : "FAILED", arguments[4]);
    return failures == 0 ? 0 : 1;
}
