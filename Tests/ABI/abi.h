// What the tests of the C interface share.
#ifndef ABI_H
#define ABI_H

#include <dragon.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 128, PIXELS = SIDE * SIDE };

/// Where the model, the command line and a folder for files lie.
extern const char *model_path, *program_path, *work_path;

/// Counts a failure and says what was found, unless the condition holds.
void check(bool holds, const char *file, int line, const char *condition, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
#define CHECK(condition, ...) check((condition), __FILE__, __LINE__, #condition, "" __VA_ARGS__)

/// Expects a status of a call on a model; of any but DRAGON_OK a message of one line too, with those words in it.
void expect(dragon_model *model, dragon_status found, dragon_status expected, const char *words, const char *file,
            int line);
#define EXPECT(model, call, status, words) expect((model), (call), (status), (words), __FILE__, __LINE__)

/// Opens the tests' model, or ends the program.
dragon_model *open_model(void);

/// A noisy picture of SIDE × SIDE with a bright square, and that square's mask: the same at every call.
void draw(uint8_t *pixels, uint8_t *mask);

/// A move of the square by 30, 10 in two steps, of pictures that live as long as the program.
dragon_request move_request(void);
/// Its parameters, which it points to.
extern dragon_parameters move_parameters;

/// The result's box.
dragon_result_info box_of(dragon_result *result);
// Colours, then the mask, to be freed.
float *floats_of(dragon_result *result);
// Whether two results lie in the same place and have the same bits.
bool same_pixels(dragon_result *a, dragon_result *b);

void test_library(void);
void test_models(void);
void test_parameters(void);
void test_requests(void);
void test_results(void);
void test_selectors(void);
void test_threads(void);
void test_command_line(void);
void test_store(void);
void test_fuzz(unsigned calls);

#endif
