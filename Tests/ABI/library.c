#include "abi.h"

// The header compiles as C++ too where a C++ compiler reads it; here its promises about statuses are checked.
void test_library(void) {
    CHECK(dragon_abi_version() == DRAGON_ABI_VERSION, "%u", dragon_abi_version());
    int major, minor, patch;
    char more;
    int numbers = sscanf(dragon_version(), "%d.%d.%d%c", &major, &minor, &patch, &more);
    CHECK(numbers == 3, "%s", dragon_version());
    CHECK(dragon_version() == dragon_version(), "never freed, never made anew");
    for (dragon_status status = -2; status <= 9; status++) {
        const char *text = dragon_status_text(status);
        CHECK(text != NULL && strlen(text) > 3, "status %d has words", status);
        for (dragon_status other = DRAGON_OK; other < status && status <= DRAGON_WRONG_VERSION; other++)
            CHECK(strcmp(text, dragon_status_text(other)) != 0, "%d and %d differ", status, other);
    }
    CHECK(strcmp(dragon_status_text(DRAGON_BUSY), "the model is busy") == 0, "%s", dragon_status_text(DRAGON_BUSY));
    CHECK(dragon_status_text(INT32_MAX) == dragon_status_text(INT32_MIN), "unknown ones share their words");
}
