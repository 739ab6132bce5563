/* Money is read as whole fen or not at all, and never leaves its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/money.h"

static void parses_whole_fen(void **state)
{
    (void)state;
    static const struct {
        struct payscore_text text;
        int64_t fen;
    } rows[] = {
        {PAYSCORE_TEXT("0"), 0},
        {PAYSCORE_TEXT("1"), 1},
        {PAYSCORE_TEXT("40000"), 40000},
        {PAYSCORE_TEXT("999999999999999"), PS_FEN_MAX - 1},
        {PAYSCORE_TEXT("1000000000000000"), PS_FEN_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t fen = -1;
        assert_true(ps_fen_parse(rows[i].text, &fen));
        assert_int_equal(fen, rows[i].fen);
    }
}

static void refuses_what_is_not_whole_fen(void **state)
{
    (void)state;
    static const struct payscore_text rows[] = {
        PAYSCORE_TEXT(""),
        PAYSCORE_TEXT("00"),
        PAYSCORE_TEXT("01"),
        PAYSCORE_TEXT("-1"),
        PAYSCORE_TEXT("+1"),
        PAYSCORE_TEXT("1.0"),
        PAYSCORE_TEXT("1e3"),
        PAYSCORE_TEXT(" 1"),
        PAYSCORE_TEXT("1 "),
        PAYSCORE_TEXT("0x10"),
        PAYSCORE_TEXT("1000000000000001"),
        PAYSCORE_TEXT("9223372036854775808"),
        PAYSCORE_TEXT("99999999999999999999999999999999999999"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t fen = -1;
        assert_false(ps_fen_parse(rows[i], &fen));
        assert_int_equal(fen, -1);
    }
}

static void sums_stay_within_bounds(void **state)
{
    (void)state;
    int64_t sum = -1;
    assert_true(ps_fen_add(900, -100, &sum));
    assert_int_equal(sum, 800);
    assert_true(ps_fen_add(PS_FEN_MAX, 0, &sum));
    assert_int_equal(sum, PS_FEN_MAX);
    assert_true(ps_fen_add(5, -5, &sum));
    assert_int_equal(sum, 0);
    assert_false(ps_fen_add(PS_FEN_MAX, 1, &sum));
    assert_false(ps_fen_add(1, -2, &sum));
    assert_false(ps_fen_add(INT64_MAX, INT64_MAX, &sum));
    assert_false(ps_fen_add(INT64_MIN, 1, &sum));
    assert_false(ps_fen_add(1, INT64_MIN, &sum));
    assert_false(ps_fen_add(1, INT64_MAX, &sum));
    assert_int_equal(sum, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_whole_fen),
        cmocka_unit_test(refuses_what_is_not_whole_fen),
        cmocka_unit_test(sums_stay_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
