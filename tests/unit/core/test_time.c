/* The platform's times are read and written in Beijing time, whatever the host's zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/time.h"

struct good {
    struct payscore_text text;
    int64_t ms;
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void compact_times_are_beijing_time(void **state)
{
    (void)state;
    static const struct good rows[] = {
        {PAYSCORE_TEXT("19700101080000"), 0},
        {PAYSCORE_TEXT("19700101"), -28800000},
        {PAYSCORE_TEXT("20260301100512"), INT64_C(1772330712000)},
        {PAYSCORE_TEXT("20260301"), INT64_C(1772294400000)},
        {PAYSCORE_TEXT("20240229235959"), INT64_C(1709222399000)},
        {PAYSCORE_TEXT("20000229000000"), INT64_C(951753600000)},
        {PAYSCORE_TEXT("99991231235959"), INT64_C(253402271999000)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = 7;
        assert_true(ps_time_from_compact(rows[i].text, &ms));
        assert_int_equal(ms, rows[i].ms);
    }
}

static void compact_times_that_name_no_moment_are_refused(void **state)
{
    (void)state;
    static const struct payscore_text rows[] = {
        PAYSCORE_TEXT(""),
        PAYSCORE_TEXT("2026030"),
        PAYSCORE_TEXT("202603011"),
        PAYSCORE_TEXT("2026030110051"),
        PAYSCORE_TEXT("202603011005123"),
        PAYSCORE_TEXT("2026030110051x"),
        PAYSCORE_TEXT("202603011005x1"),
        PAYSCORE_TEXT("2026030110x512"),
        PAYSCORE_TEXT("20260301x00512"),
        PAYSCORE_TEXT("202603x1"),
        PAYSCORE_TEXT("2026x301"),
        PAYSCORE_TEXT("x0260301"),
        PAYSCORE_TEXT("20260229"),
        PAYSCORE_TEXT("21000229"),
        PAYSCORE_TEXT("20261301"),
        PAYSCORE_TEXT("20260001"),
        PAYSCORE_TEXT("20260100"),
        PAYSCORE_TEXT("20260431"),
        PAYSCORE_TEXT("20260301240000"),
        PAYSCORE_TEXT("20260301236000"),
        PAYSCORE_TEXT("20161231235960"),
        PAYSCORE_TEXT("19691231235959"),
        PAYSCORE_TEXT("OnAccept"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = 7;
        assert_false(ps_time_from_compact(rows[i], &ms));
        assert_int_equal(ms, 7);
    }
}

static void every_day_of_the_calendar_goes_round(void **state)
{
    (void)state;
    char text[PS_COMPACT_SIZE + 1];
    /* One moment in each of 3,653 days, so that all leap rules between 1970 and 2370 are met. */
    for (int64_t day = 0; day < 146097; day += 40) {
        int64_t ms = day * INT64_C(86400000) + (day % 86400) * 1000;
        int64_t back = -1;
        ps_time_to_compact(ms, text);
        assert_true(ps_time_from_compact((struct payscore_text){text, PS_COMPACT_SIZE}, &back));
        assert_int_equal(back, ms);
    }
}

static void times_are_written_in_beijing_time(void **state)
{
    (void)state;
    char compact[PS_COMPACT_SIZE + 1];
    char rfc3339[PS_RFC3339_SIZE + 1];
    ps_time_to_compact(INT64_C(1772330712999), compact);
    assert_string_equal(compact, "20260301100512");
    ps_time_to_compact(INT64_C(1709136000000), compact);
    assert_string_equal(compact, "20240229000000");
    ps_time_to_rfc3339(INT64_C(1772330712007), rfc3339);
    assert_string_equal(rfc3339, "2026-03-01T10:05:12.007+08:00");
    ps_time_to_rfc3339(0, rfc3339);
    assert_string_equal(rfc3339, "1970-01-01T08:00:00.000+08:00");
}

static void times_beyond_four_digits_of_year_are_held_at_the_border(void **state)
{
    (void)state;
    char compact[PS_COMPACT_SIZE + 1];
    ps_time_to_compact(INT64_MAX, compact);
    assert_string_equal(compact, "99991231235959");
    ps_time_to_compact(INT64_C(253402271999000), compact);
    assert_string_equal(compact, "99991231235959");
    ps_time_to_compact(INT64_MIN, compact);
    assert_string_equal(compact, "19700101000000");
    ps_time_to_compact(-28800000, compact);
    assert_string_equal(compact, "19700101000000");
}

static void rfc3339_is_read_with_any_zone_and_fraction(void **state)
{
    (void)state;
    static const struct good rows[] = {
        {PAYSCORE_TEXT("2026-03-01T10:05:12+08:00"), INT64_C(1772330712000)},
        {PAYSCORE_TEXT("2026-03-01T02:05:12Z"), INT64_C(1772330712000)},
        {PAYSCORE_TEXT("2026-03-01t02:05:12z"), INT64_C(1772330712000)},
        {PAYSCORE_TEXT("2026-03-01T02:05:12-00:00"), INT64_C(1772330712000)},
        {PAYSCORE_TEXT("2026-02-28T22:35:12-03:30"), INT64_C(1772330712000)},
        {PAYSCORE_TEXT("2026-03-01T10:05:12.3+08:00"), INT64_C(1772330712300)},
        {PAYSCORE_TEXT("2026-03-01T10:05:12.345+08:00"), INT64_C(1772330712345)},
        {PAYSCORE_TEXT("2026-03-01T10:05:12.345999999+08:00"), INT64_C(1772330712345)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = 7;
        assert_true(ps_time_from_rfc3339(rows[i].text, &ms));
        assert_int_equal(ms, rows[i].ms);
    }
}

static void rfc3339_without_a_zone_or_a_real_moment_is_refused(void **state)
{
    (void)state;
    static const struct payscore_text rows[] = {
        PAYSCORE_TEXT(""),
        PAYSCORE_TEXT("2026"),
        PAYSCORE_TEXT("2026-03-01T10:05:12"),
        PAYSCORE_TEXT("2026-03-01 10:05:12Z"),
        PAYSCORE_TEXT("2026-03-01T10:05:12.Z"),
        PAYSCORE_TEXT("2026-03-01T10:05:60Z"),
        PAYSCORE_TEXT("2026-03-01T10:05Z"),
        PAYSCORE_TEXT("2026-03-01T10:05:12Zx"),
        PAYSCORE_TEXT("2026-03-01T10:05:12+0800"),
        PAYSCORE_TEXT("2026-03-01T10:05:12+08:0"),
        PAYSCORE_TEXT("2026-03-01T10:05:12+24:00"),
        PAYSCORE_TEXT("2026-03-01T10:05:12+08:60"),
        PAYSCORE_TEXT("2026/03/01T10:05:12Z"),
        PAYSCORE_TEXT("2026-03/01T10:05:12Z"),
        PAYSCORE_TEXT("2026-03-01T10-05:12Z"),
        PAYSCORE_TEXT("2026-03-01T10:05-12Z"),
        PAYSCORE_TEXT("2026-02-29T10:05:12Z"),
        PAYSCORE_TEXT("20180225112233"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = 7;
        assert_false(ps_time_from_rfc3339(rows[i], &ms));
        assert_int_equal(ms, 7);
    }
}

static void http_dates_are_read(void **state)
{
    (void)state;
    static const struct good rows[] = {
        {PAYSCORE_TEXT("Sun, 06 Nov 1994 08:49:37 GMT"), INT64_C(784111777000)},
        {PAYSCORE_TEXT("Thu, 01 Jan 1970 00:00:00 GMT"), 0},
        {PAYSCORE_TEXT("Wed, 31 Dec 1975 23:59:59 GMT"), INT64_C(189302399000)},
        {PAYSCORE_TEXT("Sun, 01 Mar 2026 02:05:12 GMT"), INT64_C(1772330712000)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = 7;
        assert_true(ps_time_from_http_date(rows[i].text, &ms));
        assert_int_equal(ms, rows[i].ms);
    }
}

static void other_dates_are_refused(void **state)
{
    (void)state;
    static const struct payscore_text rows[] = {
        PAYSCORE_TEXT(""),
        PAYSCORE_TEXT("Sunday, 06-Nov-94 08:49:37 GMT"),
        PAYSCORE_TEXT("Mon, 06 Nov 1994 08:49:37 GMT"),
        PAYSCORE_TEXT("Xxx, 06 Nov 1994 08:49:37 GMT"),
        PAYSCORE_TEXT("Sun; 06 Nov 1994 08:49:37 GMT"),
        PAYSCORE_TEXT("Sun, x6 Nov 1994 08:49:37 GMT"),
        PAYSCORE_TEXT("Sun, 06 Xxx 1994 08:49:37 GMT"),
        PAYSCORE_TEXT("Sun, 06 Nov-1994 08:49:37 GMT"),
        PAYSCORE_TEXT("Sun, 06 Nov 1994-08:49:37 GMT"),
        PAYSCORE_TEXT("Sun, 06 Nov 1994 08-49:37 GMT"),
        PAYSCORE_TEXT("Sun, 06 Nov 1994 08:49-37 GMT"),
        PAYSCORE_TEXT("Sun, 06 Nov 1994 08:49:60 GMT"),
        PAYSCORE_TEXT("Sun, 06 Nov 1994 08:49:37 UTC"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t ms = 7;
        assert_false(ps_time_from_http_date(rows[i], &ms));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact_times_are_beijing_time),
        cmocka_unit_test(compact_times_that_name_no_moment_are_refused),
        cmocka_unit_test(every_day_of_the_calendar_goes_round),
        cmocka_unit_test(times_are_written_in_beijing_time),
        cmocka_unit_test(times_beyond_four_digits_of_year_are_held_at_the_border),
        cmocka_unit_test(rfc3339_is_read_with_any_zone_and_fraction),
        cmocka_unit_test(rfc3339_without_a_zone_or_a_real_moment_is_refused),
        cmocka_unit_test(http_dates_are_read),
        cmocka_unit_test(other_dates_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
