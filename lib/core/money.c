/*
 * Money: whole fen, read from decimal text and added within bounds. Pure; knows no currency sign,
 * no yuan and no JSON.
 */
#include "core/money.h"

bool ps_fen_parse(struct payscore_text text, int64_t *fen)
{
    int64_t sum = 0;
    if (text.size == 0 || (text.size > 1 && text.data[0] == '0')) return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c < '0' || c > '9') return false;
        sum = sum * 10 + (c - '0');
        if (sum > PS_FEN_MAX) return false;
    }
    *fen = sum;
    return true;
}

bool ps_fen_add(int64_t a, int64_t b, int64_t *sum)
{
    if (a < -PS_FEN_MAX || a > PS_FEN_MAX || b < -PS_FEN_MAX || b > PS_FEN_MAX) return false;
    if (a + b < 0 || a + b > PS_FEN_MAX) return false;
    *sum = a + b;
    return true;
}
