/* Evidence: parts, digest, packing. */
#include "engine/evidence.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Stored form: how (1 byte), salt, raw size (4 bytes, little-endian), bytes. */
enum {
    STORED_AS_IS = 0,
    STORED_DEFLATED = 1,
    STORED_ERASED = 2, /* A number follows, and nothing else. */
    STORED_HEAD = 1 + PS_SALT_SIZE + 4,
    PART_HEAD = 5,
};

enum {
    DEFLATE_MIN = 96, /* What is shorter hardly shrinks. */
    WINDOW_MIN = 9,
    ARENA_WINDOW = 12, /* The largest window that the arena has room for. */
    ARENA_SIZE = 49152
};

static void put_u32(char *to, uint32_t value)
{
    memcpy(to, &value, sizeof value);
}

static uint32_t get_u32(const char *from)
{
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return value;
}

static void unpack(struct ps_parts *parts)
{
    free(parts->packed);
    parts->packed = NULL;
    parts->sealed = false;
}

static void reserve(struct ps_parts *parts, size_t more)
{
    if (parts->status != PAYSCORE_OK) return;
    size_t need = parts->size + more;
    if (need > PS_EVIDENCE_MAX) {
        parts->status = PAYSCORE_E_TOO_LARGE;
        return;
    }
    if (need <= parts->capacity) return;
    size_t capacity = parts->capacity == 0 ? 1024 : parts->capacity;
    while (capacity < need)
        capacity *= 2;
    char *bytes = realloc(parts->bytes, capacity);
    if (bytes == NULL) {
        parts->status = PAYSCORE_E_MEMORY;
        return;
    }
    parts->bytes = bytes;
    parts->capacity = capacity;
}

void ps_parts_add_two(struct ps_parts *parts, enum ps_part part, struct payscore_text head,
                      struct payscore_text tail)
{
    size_t size = head.size + tail.size;
    if (head.size > PS_EVIDENCE_MAX || tail.size > PS_EVIDENCE_MAX)
        parts->status = PAYSCORE_E_TOO_LARGE;
    reserve(parts, PART_HEAD + size);
    if (parts->status != PAYSCORE_OK) return;
    unpack(parts);
    char *to = parts->bytes + parts->size;
    *to = (char)part;
    put_u32(to + 1, (uint32_t)size);
    if (head.size > 0) memcpy(to + PART_HEAD, head.data, head.size);
    if (tail.size > 0) memcpy(to + PART_HEAD + head.size, tail.data, tail.size);
    parts->size += PART_HEAD + size;
}

void ps_parts_add(struct ps_parts *parts, enum ps_part part, struct payscore_text bytes)
{
    ps_parts_add_two(parts, part, bytes, (struct payscore_text){NULL, 0});
}

void ps_parts_append(struct ps_parts *parts, struct payscore_text bytes)
{
    reserve(parts, bytes.size);
    if (parts->status != PAYSCORE_OK) return;
    memcpy(parts->bytes + parts->size, bytes.data, bytes.size);
    parts->size += bytes.size;
}

void ps_parts_free(struct ps_parts *parts)
{
    free(parts->bytes);
    free(parts->packed);
    memset(parts, 0, sizeof *parts);
}

bool ps_parts_next(struct payscore_text raw, size_t *at, enum ps_part *part,
                   struct payscore_text *bytes)
{
    if (*at + PART_HEAD > raw.size) return false;
    uint32_t size = get_u32(raw.data + *at + 1);
    if (size > raw.size - *at - PART_HEAD) return false;
    *part = (enum ps_part)(uint8_t)raw.data[*at];
    *bytes = (struct payscore_text){raw.data + *at + PART_HEAD, size};
    *at += PART_HEAD + size;
    return true;
}

bool ps_parts_find(struct payscore_text raw, enum ps_part part, struct payscore_text *bytes)
{
    size_t at = 0;
    enum ps_part found;
    while (ps_parts_next(raw, &at, &found, bytes))
        if (found == part) return true;
    return false;
}

/* clang-format off */
const char *ps_part_name(enum ps_part part)
{
    switch (part) {
#define EVIDENCE(id, name, en) case PS_PART_##name: return #name;
#include "engine/evidence.def"
    }
    return "";
}
/* clang-format on */

enum payscore_status ps_evidence_digest(const uint8_t salt[PS_SALT_SIZE], struct payscore_text raw,
                                        uint8_t digest[PS_HASH_SIZE])
{
    return ps_sha256_two((struct payscore_text){(const char *)salt, PS_SALT_SIZE}, raw, digest);
}

/* zlib asks for its memory in a few pieces; short texts need so little that it lies on the stack.
 */
struct arena {
    size_t used;
    _Alignas(16) char bytes[ARENA_SIZE];
};

static void *from_arena(void *opaque, unsigned items, unsigned size)
{
    struct arena *arena = opaque;
    size_t wanted = ((size_t)items * size + 15) / 16 * 16;
    if (wanted > ARENA_SIZE - arena->used) return NULL;
    void *piece = arena->bytes + arena->used;
    arena->used += wanted;
    return piece;
}

static void to_arena(void *opaque, void *piece)
{
    (void)opaque;
    (void)piece;
}

/* A window that holds it all at once; the hash table with it, for to clear that is most of the
   work. */
static int window_of(size_t size)
{
    int bits = WINDOW_MIN;
    while (bits < MAX_WBITS && (size_t)1 << bits < size)
        bits++;
    return bits;
}

/* Deflated, where that makes it smaller; false: it is to be stored as it is. */
static bool deflate_into(char *to, uLongf *room, struct payscore_text raw)
{
    struct arena arena; /* Not cleared: zlib clears what it must. */
    z_stream stream = {.next_out = (Bytef *)to, .avail_out = (uInt)*room};
    int window = window_of(raw.size);
    arena.used = 0;
    if (raw.size < DEFLATE_MIN) return false;
    if (window <= ARENA_WINDOW) {
        stream.zalloc = from_arena;
        stream.zfree = to_arena;
        stream.opaque = &arena;
    }
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window, window - 7, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return false;
    memcpy(&stream.next_in, &raw.data, sizeof stream.next_in); /* zlib's type lacks const. */
    stream.avail_in = (uInt)raw.size;
    int rc = deflate(&stream, Z_FINISH);
    *room = stream.total_out;
    (void)deflateEnd(&stream);
    return rc == Z_STREAM_END && *room < raw.size;
}

void ps_parts_pack(struct ps_parts *parts)
{
    if (parts->status != PAYSCORE_OK || parts->packed != NULL) return;
    uLongf room = compressBound((uLong)parts->size);
    char *out = malloc(STORED_HEAD + room);
    if (out == NULL) {
        parts->status = PAYSCORE_E_MEMORY;
        return;
    }
    put_u32(out + 1 + PS_SALT_SIZE, (uint32_t)parts->size);
    out[0] = STORED_DEFLATED;
    if (!deflate_into(out + STORED_HEAD, &room,
                      (struct payscore_text){parts->bytes, parts->size})) {
        out[0] = STORED_AS_IS;
        room = (uLongf)parts->size;
        if (parts->size > 0) memcpy(out + STORED_HEAD, parts->bytes, parts->size);
    }
    parts->packed = out;
    parts->packed_size = STORED_HEAD + room;
}

void ps_parts_seal(struct ps_parts *parts, const uint8_t salt[PS_SALT_SIZE])
{
    ps_parts_pack(parts);
    if (parts->status != PAYSCORE_OK || parts->sealed) return;
    memcpy(parts->packed + 1, salt, PS_SALT_SIZE);
    parts->status =
        ps_evidence_digest(salt, (struct payscore_text){parts->bytes, parts->size}, parts->digest);
    parts->sealed = parts->status == PAYSCORE_OK;
}

enum payscore_status ps_evidence_unpack(struct payscore_text packed, uint8_t salt[PS_SALT_SIZE],
                                        char **raw, size_t *raw_size)
{
    if (packed.size < STORED_HEAD) return PAYSCORE_E_CORRUPT;
    uint32_t size = get_u32(packed.data + 1 + PS_SALT_SIZE);
    if (size > PS_EVIDENCE_MAX) return PAYSCORE_E_CORRUPT;
    char *out = malloc((size_t)size + 1);
    if (out == NULL) return PAYSCORE_E_MEMORY;
    const char *bytes = packed.data + STORED_HEAD;
    size_t stored = packed.size - STORED_HEAD;
    uLongf room = size;
    uLong used = (uLong)stored;
    int code = Z_DATA_ERROR;
    if (packed.data[0] == STORED_AS_IS && stored == size) {
        memcpy(out, bytes, size);
        code = Z_OK;
    } else if (packed.data[0] == STORED_DEFLATED) {
        /* Bytes behind the end of the stream were not written by us either. */
        code = uncompress2((Bytef *)out, &room, (const Bytef *)bytes, &used);
        if (code == Z_OK && (room != size || used != stored)) code = Z_DATA_ERROR;
    }
    if (code != Z_OK) {
        free(out);
        return code == Z_MEM_ERROR ? PAYSCORE_E_MEMORY : PAYSCORE_E_CORRUPT;
    }
    memcpy(salt, packed.data + 1, PS_SALT_SIZE);
    *raw = out;
    *raw_size = size;
    return PAYSCORE_OK;
}

struct ps_marker ps_marker_pack(uint64_t erased_by)
{
    struct ps_marker marker;
    marker.bytes[0] = STORED_ERASED;
    memcpy(marker.bytes + 1, &erased_by, sizeof erased_by);
    return marker;
}

bool ps_marker_unpack(struct payscore_text stored, uint64_t *erased_by)
{
    struct ps_marker marker;
    if (stored.size != sizeof marker || stored.data[0] != STORED_ERASED) return false;
    memcpy(erased_by, stored.data + 1, sizeof *erased_by);
    return true;
}
