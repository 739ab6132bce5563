/*
 * OpenSSL's decoder, with the checks that it leaves out: it skips white space at both ends, counts
 * padding as zero bytes and takes any spare bits.
 */
#include "wechat/base64.h"

#include <limits.h>
#include <string.h>

#include <openssl/evp.h>

#include "wechat/text.h"

static size_t padding(struct payscore_text text)
{
    size_t count = 0;
    while (count < 2 && text.data[text.size - 1 - count] == '=')
        count++;
    return count;
}

/** Whether the last four characters are what encoding their bytes gives: no spare bit is set. */
static bool ends_cleanly(struct payscore_text text, const uint8_t *out, size_t out_size)
{
    unsigned char again[5];
    size_t tail = out_size % 3 == 0 ? 3 : out_size % 3;
    if (EVP_EncodeBlock(again, out + out_size - tail, (int)tail) != 4) return false;
    return memcmp(again, text.data + text.size - 4, 4) == 0;
}

bool ps_base64_decode(struct payscore_text text, uint8_t *out, size_t *out_size)
{
    *out_size = 0;
    if (text.size == 0) return true;
    if (text.size % 4 != 0 || text.size > INT_MAX) return false;
    size_t pads = padding(text);
    if (!ps_text_all_of((struct payscore_text){text.data, text.size - pads}, "+/")) return false;
    int size = EVP_DecodeBlock(out, (const unsigned char *)text.data, (int)text.size);
    if (size < 0 || (size_t)size != PS_BASE64_ROOM(text.size)) return false;
    *out_size = (size_t)size - pads;
    return ends_cleanly(text, out, *out_size);
}
