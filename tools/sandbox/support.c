#include "support.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t sandbox_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void random_from(const char *alphabet, char *out, size_t size)
{
    size_t count = strlen(alphabet);
    size_t limit = 256 / count * count; /* Bytes above it would favour the first characters. */

    for (size_t i = 0; i < size;) {
        unsigned char byte;
        if (RAND_bytes(&byte, 1) != 1) abort();
        if (byte < limit) out[i++] = alphabet[byte % count];
    }
    out[size] = '\0';
}

void sandbox_random_digits(char *out, size_t size)
{
    random_from("0123456789", out, size);
}

void sandbox_random_letters(char *out, size_t size)
{
    random_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", out, size);
}

void sandbox_random_hex(char *out, size_t size)
{
    random_from("0123456789ABCDEF", out, size);
}

void sandbox_random_uuid(char out[SANDBOX_UUID_SIZE + 1])
{
    random_from("0123456789abcdef", out, SANDBOX_UUID_SIZE);
    out[8] = out[13] = out[18] = out[23] = '-';
    out[14] = '4'; /* The version and variant of a random UUID. */
    out[19] = 'a';
}

void sandbox_request_id(int64_t number, char out[SANDBOX_REQUEST_ID_SIZE])
{
    char hex[41];
    sandbox_random_hex(hex, sizeof hex - 1);
    snprintf(out, SANDBOX_REQUEST_ID_SIZE, "08%s-%" PRId64, hex, number);
}

void *sandbox_alloc(size_t size)
{
    void *memory = calloc(1, size == 0 ? 1 : size);
    if (memory == NULL) {
        fputs("payscore-sandbox: out of memory\n", stderr);
        abort();
    }
    return memory;
}

char *sandbox_copy(struct payscore_text text)
{
    char *copy = sandbox_alloc(text.size + 1);
    if (text.size > 0) memcpy(copy, text.data, text.size);
    return copy;
}

void sandbox_strict_json(void)
{
    cJSON_Hooks hooks = {.malloc_fn = sandbox_alloc, .free_fn = free};
    cJSON_InitHooks(&hooks);
}

bool sandbox_percent_decode(struct payscore_text text, char **out)
{
    int size = 0;
    char *decoded;

    *out = NULL;
    if (text.size == 0) {
        *out = sandbox_alloc(1);
        return true;
    }
    decoded = curl_easy_unescape(NULL, text.data, (int)text.size, &size);
    if (decoded != NULL && strlen(decoded) == (size_t)size)
        *out = sandbox_copy(ps_text_of(decoded));
    curl_free(decoded);
    return *out != NULL;
}

void sandbox_json_carry(cJSON *to, const cJSON *from, const char *member)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(from, member);
    if (item == NULL) return;
    cJSON_DeleteItemFromObjectCaseSensitive(to, member);
    cJSON_AddItemToObject(to, member, cJSON_Duplicate(item, true));
}

const cJSON *sandbox_json_object(const cJSON *object, const char *member)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, member);
    return cJSON_IsObject(item) ? item : NULL;
}
