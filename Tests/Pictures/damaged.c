// Damaged picture files: each is read, or refused with a line that says why, soon, and within the memory it may have; what was read is
// written in every format and read again. Arguments: how many damaged copies of each file, then the files.
#include "pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <zlib.h>

enum { MOST = 1 << 16, MEMORY = 64 << 20, SLOWEST_SECONDS = 10 };

static uint64_t state = 1;
static unsigned long read_count, warned_count, refused_count;
static double slowest;

static uint32_t draw(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static size_t below(size_t limit) {
    return limit ? draw() % limit : 0;
}

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "damaged pictures: %s: %s\n", what, detail);
    exit(1);
}

/// One change of those that damage files, or that an attacker makes.
static void change(uint8_t *bytes, size_t *size) {
    static const uint32_t words[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xffff, 0x10000, 0x100, 16384, 65536};
    size_t at = below(*size), length = 1 + below(16);
    if (length > *size - at)
        length = *size - at;
    if (*size == 0)
        return;
    switch (below(8)) {
    case 0:
    case 1:
        bytes[at] ^= (uint8_t)(1u << below(8));
        break;
    case 2:
        bytes[at] = (uint8_t)draw();
        break;
    case 3: // A length, of either byte order.
    case 4: {
        uint32_t word = words[below(sizeof words / sizeof *words)];
        if (below(2))
            word = __builtin_bswap32(word);
        memcpy(bytes + at, &word, *size - at < 4 ? *size - at : 4);
        break;
    }
    case 5:
        memmove(bytes + at, bytes + at + length, *size - at - length);
        *size -= length;
        break;
    case 6:
        if (*size + length > MOST)
            break;
        memmove(bytes + at + length, bytes + at, *size - at);
        *size += length;
        break;
    default:
        if (below(4) == 0)
            *size = at;
    }
}

/// Makes the check sums of a PNG's chunks right again, so that what is damaged is looked at.
static void mend_check_sums(uint8_t *bytes, size_t size) {
    if (size < 8 || memcmp(bytes + 1, "PNG", 3) != 0)
        return;
    for (size_t at = 8; at + 12 <= size;) {
        uint32_t length;
        memcpy(&length, bytes + at, 4);
        length = __builtin_bswap32(length);
        if (length > size - at - 12)
            return;
        uint32_t sum = __builtin_bswap32((uint32_t)crc32(0, bytes + at + 4, length + 4));
        memcpy(bytes + at + 8 + length, &sum, 4);
        at += 12 + length;
    }
}

static void check_line(const char *what, const char *line) {
    if (line[0] == 0)
        fail(what, "said nothing");
    for (const char *c = line; *c; c++)
        if ((unsigned char)*c < ' ')
            fail(what, "its text has control characters");
}

/// Writes what was read in each format and reads it again.
static void write_and_read(const codec_picture *picture) {
    char message[CODEC_MESSAGE];
    for (int format = CODEC_PNG; format <= CODEC_WEBP; format++) {
        codec_bytes encoded = {0};
        codec_picture again = {0};
        if (codec_picture_encode(picture, format, 80, &encoded, message) != CODEC_OK) {
            check_line("a picture that could not be written", message);
            continue;
        }
        if (codec_picture_decode(encoded.bytes, encoded.size, (size_t)4 * MEMORY, &again, message) != CODEC_OK)
            fail("what was written cannot be read", message);
        if (again.width != picture->width || again.height != picture->height)
            fail("what was written", "other sides");
        codec_picture_free(&again);
        codec_bytes_free(&encoded);
    }
}

static void try_one(const uint8_t *bytes, size_t size, const char *name) {
    // A copy of its own length, so that reading past its end is seen.
    uint8_t *exact = malloc(size ? size : 1);
    memcpy(exact, bytes, size);
    char message[CODEC_MESSAGE] = "";
    codec_picture picture = {0};
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    codec_picture_status status = codec_picture_decode(exact, size, MEMORY, &picture, message);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    if (seconds > slowest)
        slowest = seconds;
    if (seconds > SLOWEST_SECONDS)
        fail(name, "takes too long");
    if (status == CODEC_OK) {
        read_count++;
        if (picture.warning[0]) {
            warned_count++;
            check_line(name, picture.warning);
        }
        // Some are enough: writing takes longer than reading.
        if (below(16) == 0 && picture.width <= 512 && picture.height <= 512)
            write_and_read(&picture);
        codec_picture_free(&picture);
    } else {
        refused_count++;
        check_line(name, message);
    }
    free(exact);
}

static void try_all(const char *name, unsigned long count) {
    static uint8_t original[MOST], damaged[MOST];
    FILE *file = fopen(name, "rb");
    if (!file)
        fail(name, "cannot be opened");
    size_t size = fread(original, 1, MOST, file);
    fclose(file);
    for (unsigned long i = 0; i < count; i++) {
        size_t length = size;
        memcpy(damaged, original, size);
        for (size_t changes = 1 + below(4); changes; changes--)
            change(damaged, &length);
        if (below(2))
            mend_check_sums(damaged, length);
        try_one(damaged, length, name);
    }
}

int main(int argc, char **argv) {
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    for (int i = 2; i < argc; i++)
        try_all(argv[i], count);
    printf("damaged pictures: %lu read (%lu with a warning), %lu refused; slowest %.2f s\n", read_count, warned_count,
           refused_count, slowest);
    return read_count && refused_count ? 0 : 1;
}
