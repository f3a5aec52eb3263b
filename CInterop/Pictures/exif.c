// EXIF data: how a camera held the picture (tag 274), and turning it upright.
#include "codecs.h"

#include <stdlib.h>
#include <string.h>

enum { ORIENTATION = 274, SHORT = 3, ENTRY = 12, THUMBNAIL = 0x201, THUMBNAIL_SIZE = 0x202 };

static unsigned number(const uint8_t *bytes, int count, int is_big) {
    unsigned value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[is_big ? i : count - 1 - i];
    return value;
}

static void set_number(uint8_t *bytes, int count, int is_big, unsigned value) {
    for (int i = 0; i < count; i++, value >>= 8)
        bytes[is_big ? count - 1 - i : i] = (uint8_t)value;
}

static int is_big(codec_bytes exif) {
    return exif.bytes[0] == 'M';
}

/// A list of entries: where the first one is, and how many lie in the data; 0 where the list does not.
typedef struct {
    size_t first;
    unsigned count;
    /// Where the next list's place stands; 0 where that lies beyond the data.
    size_t link;
} directory;

static directory directory_at(codec_bytes exif, size_t at) {
    directory found = {0, 0, 0};
    if (at > exif.size || exif.size - at < 2)
        return found;
    unsigned said = number(exif.bytes + at, 2, is_big(exif));
    size_t room = (exif.size - at - 2) / ENTRY;
    found.first = at + 2;
    found.count = said < room ? said : (unsigned)room;
    size_t end = found.first + (size_t)said * ENTRY;
    if (said <= room && exif.size - end >= 4)
        found.link = end;
    return found;
}

static directory first_directory(codec_bytes exif) {
    if (exif.size < 8)
        return (directory){0, 0, 0};
    return directory_at(exif, number(exif.bytes + 4, 4, is_big(exif)));
}

/// An entry of a list; NULL if it has none.
static uint8_t *entry(codec_bytes exif, directory list, unsigned tag) {
    for (unsigned i = 0; i < list.count; i++) {
        uint8_t *at = exif.bytes + list.first + (size_t)i * ENTRY;
        if (number(at, 2, is_big(exif)) == tag)
            return at;
    }
    return NULL;
}

codec_bytes dragon_exif_bare(const uint8_t *bytes, size_t size) {
    size_t mark = size >= 6 && memcmp(bytes, "Exif\0\0", 6) == 0 ? 6 : 0;
    return dragon_copy(bytes + mark, size - mark);
}

int dragon_exif_orientation(codec_bytes exif) {
    uint8_t *found = entry(exif, first_directory(exif), ORIENTATION);
    if (found == NULL || number(found + 2, 2, is_big(exif)) != SHORT)
        return 1;
    unsigned value = number(found + 8, 2, is_big(exif));
    return value >= 1 && value <= 8 ? (int)value : 1;
}

void dragon_exif_settle(codec_bytes exif) {
    directory list = first_directory(exif);
    uint8_t *turn = entry(exif, list, ORIENTATION);
    if (turn != NULL && number(turn + 2, 2, is_big(exif)) == SHORT)
        set_number(turn + 8, 2, is_big(exif), 1);
    if (list.link == 0)
        return;
    directory second = directory_at(exif, number(exif.bytes + list.link, 4, is_big(exif)));
    uint8_t *place = entry(exif, second, THUMBNAIL), *size = entry(exif, second, THUMBNAIL_SIZE);
    if (place != NULL && size != NULL) {
        size_t start = number(place + 8, 4, is_big(exif)), count = number(size + 8, 4, is_big(exif));
        if (start >= 8 && start < exif.size)
            memset(exif.bytes + start, 0, count < exif.size - start ? count : exif.size - start);
    }
    set_number(exif.bytes + list.link, 4, is_big(exif), 0);
}

int dragon_turn_upright(codec_picture *picture, int orientation) {
    uint32_t w = picture->width, h = picture->height;
    size_t bytes = picture->depth / 8 * 4;
    uint8_t *result = malloc((size_t)w * h * bytes);
    if (result == NULL)
        return 0;
    int is_turned = orientation >= 5;
    int flips_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    int flips_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    uint32_t out_width = is_turned ? h : w, out_height = is_turned ? w : h;
    for (uint32_t y = 0; y < out_height; y++) {
        for (uint32_t x = 0; x < out_width; x++) {
            uint32_t from_x = is_turned ? y : x, from_y = is_turned ? x : y;
            if (flips_x)
                from_x = w - 1 - from_x;
            if (flips_y)
                from_y = h - 1 - from_y;
            const uint8_t *pixel = (const uint8_t *)picture->pixels + ((size_t)from_y * w + from_x) * bytes;
            memcpy(result + ((size_t)y * out_width + x) * bytes, pixel, bytes);
        }
    }
    free(picture->pixels);
    picture->pixels = result;
    picture->width = out_width;
    picture->height = out_height;
    if (is_turned) {
        double across = picture->pixels_per_metre[0];
        picture->pixels_per_metre[0] = picture->pixels_per_metre[1];
        picture->pixels_per_metre[1] = across;
    }
    return 1;
}
