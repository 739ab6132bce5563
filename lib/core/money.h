/*
 * Money: whole fen in int64_t, read from and written as decimal text. Pure.
 */
#ifndef PS_CORE_MONEY_H
#define PS_CORE_MONEY_H

#include <stdbool.h>

#include "payscore/types.h"

/** No amount of one order is larger: 10^15 fen leave room for sums of 100 items in int64_t. */
#define PS_FEN_MAX INT64_C(1000000000000000)

/** Read digits only, no sign, no leading zero but "0" itself; false if not 0 .. PS_FEN_MAX. */
bool ps_fen_parse(struct payscore_text text, int64_t *fen);

/** a + b, or false if the sum leaves 0 .. PS_FEN_MAX. */
bool ps_fen_add(int64_t a, int64_t b, int64_t *sum);

#endif
