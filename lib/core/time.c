/*
 * The platform's time formats, read and written digit by digit: the host's zone, locale and clock
 * have no say. Leap seconds are refused, for no int64_t of milliseconds since 1970 names one.
 */
#include "core/time.h"

#include <string.h>

enum {
    YEAR_MIN = 1970,
    YEAR_MAX = 9999,
    HOUR_MS = 3600000,
    DAY_MS = 86400000,
    BEIJING_MS = 8 * HOUR_MS,
    HTTP_DATE_SIZE = 29,
    DAYS_BEFORE_1970 = 719468, /* From 0000-03-01, where the count of days below begins. */
    DAYS_PER_ERA = 146097,     /* 400 years. */
};

/** A moment of some zone, as people write it. */
struct civil {
    int64_t year, month, day, hour, minute, second, ms;
};

static bool leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_in(int64_t year, int64_t month)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

/** Days since 1970-01-01. Years begin in March here, so that the leap day is the last of them. */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t era = shifted / 400;
    int64_t year_of_era = shifted - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_1970;
}

static void date_from_days(int64_t days, struct civil *out)
{
    int64_t shifted = days + DAYS_BEFORE_1970;
    int64_t era = shifted / DAYS_PER_ERA;
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    out->day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    out->month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    out->year = era * 400 + year_of_era + (out->month <= 2 ? 1 : 0);
}

/** The moment in ms since 1970 if the zone is `offset_ms` ahead of UTC; false if there is none. */
static bool moment(const struct civil *at, int64_t offset_ms, int64_t *ms)
{
    if (at->year < YEAR_MIN || at->year > YEAR_MAX) return false;
    if (at->month < 1 || at->month > 12) return false;
    if (at->day < 1 || at->day > days_in(at->year, at->month)) return false;
    if (at->hour > 23 || at->minute > 59 || at->second > 59) return false;
    int64_t seconds = (at->hour * 60 + at->minute) * 60 + at->second;
    *ms =
        days_from_date(at->year, at->month, at->day) * DAY_MS + seconds * 1000 + at->ms - offset_ms;
    return true;
}

/** Read exactly `count` digits at `*at` and step behind them. */
static bool take_digits(struct payscore_text text, size_t *at, size_t count, int64_t *value)
{
    if (text.size - *at < count) return false;
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        char c = text.data[*at + i];
        if (c < '0' || c > '9') return false;
        *value = *value * 10 + (c - '0');
    }
    *at += count;
    return true;
}

/** Step over `c`, in either case if it is a letter. */
static bool take_char(struct payscore_text text, size_t *at, char c)
{
    if (*at >= text.size) return false;
    char found = text.data[*at];
    bool same = found == c || (c >= 'A' && c <= 'Z' && found == (char)(c - 'A' + 'a'));
    *at += same ? 1 : 0;
    return same;
}

bool ps_time_from_compact(struct payscore_text text, int64_t *ms)
{
    struct civil at = {0};
    size_t i = 0;
    if (text.size != 8 && text.size != PS_COMPACT_SIZE) return false;
    if (!take_digits(text, &i, 4, &at.year)) return false;
    if (!take_digits(text, &i, 2, &at.month) || !take_digits(text, &i, 2, &at.day)) return false;
    if (text.size == PS_COMPACT_SIZE) {
        if (!take_digits(text, &i, 2, &at.hour)) return false;
        if (!take_digits(text, &i, 2, &at.minute)) return false;
        if (!take_digits(text, &i, 2, &at.second)) return false;
    }
    return moment(&at, BEIJING_MS, ms);
}

/** .digits, of which the first three count. */
static bool take_fraction(struct payscore_text text, size_t *at, int64_t *ms)
{
    int64_t digit = 0;
    int64_t weight = 100;
    if (!take_char(text, at, '.')) return true;
    if (!take_digits(text, at, 1, &digit)) return false;
    do {
        *ms += digit * weight;
        weight /= 10;
    } while (take_digits(text, at, 1, &digit));
    return true;
}

/** Z or ±hh:mm. */
static bool take_zone(struct payscore_text text, size_t *at, int64_t *offset_ms)
{
    int64_t hours = 0;
    int64_t minutes = 0;
    *offset_ms = 0;
    if (take_char(text, at, 'Z')) return true;
    bool east = take_char(text, at, '+');
    if (!east && !take_char(text, at, '-')) return false;
    if (!take_digits(text, at, 2, &hours) || !take_char(text, at, ':')) return false;
    if (!take_digits(text, at, 2, &minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    *offset_ms = (hours * 60 + minutes) * 60000;
    if (!east) *offset_ms = -*offset_ms;
    return true;
}

bool ps_time_from_rfc3339(struct payscore_text text, int64_t *ms)
{
    struct civil at = {0};
    int64_t offset_ms = 0;
    size_t i = 0;
    if (!take_digits(text, &i, 4, &at.year) || !take_char(text, &i, '-')) return false;
    if (!take_digits(text, &i, 2, &at.month) || !take_char(text, &i, '-')) return false;
    if (!take_digits(text, &i, 2, &at.day) || !take_char(text, &i, 'T')) return false;
    if (!take_digits(text, &i, 2, &at.hour) || !take_char(text, &i, ':')) return false;
    if (!take_digits(text, &i, 2, &at.minute) || !take_char(text, &i, ':')) return false;
    if (!take_digits(text, &i, 2, &at.second) || !take_fraction(text, &i, &at.ms)) return false;
    if (!take_zone(text, &i, &offset_ms) || i != text.size) return false;
    return moment(&at, offset_ms, ms);
}

/** Which of the `count` names of three letters stands at `*at`; -1: none. Steps behind it. */
static int64_t take_name(struct payscore_text text, size_t *at, const char *names, size_t count)
{
    if (text.size - *at < 3) return -1;
    for (size_t i = 0; i < count; i++) {
        if (memcmp(text.data + *at, names + 3 * i, 3) != 0) continue;
        *at += 3;
        return (int64_t)i;
    }
    return -1;
}

bool ps_time_from_http_date(struct payscore_text text, int64_t *ms)
{
    struct civil at = {0};
    size_t i = 0;
    if (text.size != HTTP_DATE_SIZE) return false;
    int64_t weekday = take_name(text, &i, "ThuFriSatSunMonTueWed", 7);
    if (weekday < 0 || !take_char(text, &i, ',') || !take_char(text, &i, ' ')) return false;
    if (!take_digits(text, &i, 2, &at.day) || !take_char(text, &i, ' ')) return false;
    at.month = take_name(text, &i, "JanFebMarAprMayJunJulAugSepOctNovDec", 12) + 1;
    if (!take_char(text, &i, ' ') || !take_digits(text, &i, 4, &at.year)) return false;
    if (!take_char(text, &i, ' ') || !take_digits(text, &i, 2, &at.hour)) return false;
    if (!take_char(text, &i, ':') || !take_digits(text, &i, 2, &at.minute)) return false;
    if (!take_char(text, &i, ':') || !take_digits(text, &i, 2, &at.second)) return false;
    if (memcmp(text.data + i, " GMT", 4) != 0) return false;
    /* 1970-01-01 was a Thursday, and the names are counted from it. */
    return moment(&at, 0, ms) && days_from_date(at.year, at.month, at.day) % 7 == weekday;
}

/** Beijing's date and time of `ms`, held within the years that can be written. */
static struct civil beijing(int64_t ms)
{
    struct civil at = {0};
    int64_t last_ms = (days_from_date(YEAR_MAX, 12, 31) + 1) * DAY_MS - 1;
    int64_t first_ms = 0;
    int64_t local_ms = ms > last_ms - BEIJING_MS ? last_ms : ms + BEIJING_MS;
    if (ms < first_ms - BEIJING_MS) local_ms = first_ms;
    int64_t rest = local_ms % DAY_MS;
    date_from_days(local_ms / DAY_MS, &at);
    at.hour = rest / HOUR_MS;
    at.minute = rest / 60000 % 60;
    at.second = rest / 1000 % 60;
    at.ms = rest % 1000;
    return at;
}

/** Write `value` with `count` digits and step behind them. */
static char *put_digits(char *to, int64_t value, size_t count)
{
    for (size_t i = count; i > 0; i--) {
        to[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return to + count;
}

static char *put_after(char *to, char separator, int64_t value, size_t count)
{
    *to = separator;
    return put_digits(to + 1, value, count);
}

void ps_time_to_compact(int64_t ms, char out[PS_COMPACT_SIZE + 1])
{
    struct civil at = beijing(ms);
    char *to = put_digits(out, at.year, 4);
    to = put_digits(to, at.month, 2);
    to = put_digits(to, at.day, 2);
    to = put_digits(to, at.hour, 2);
    to = put_digits(to, at.minute, 2);
    to = put_digits(to, at.second, 2);
    *to = '\0';
}

void ps_time_to_rfc3339(int64_t ms, char out[PS_RFC3339_SIZE + 1])
{
    static const char zone[] = "+08:00";
    struct civil at = beijing(ms);
    char *to = put_digits(out, at.year, 4);
    to = put_after(to, '-', at.month, 2);
    to = put_after(to, '-', at.day, 2);
    to = put_after(to, 'T', at.hour, 2);
    to = put_after(to, ':', at.minute, 2);
    to = put_after(to, ':', at.second, 2);
    to = put_after(to, '.', at.ms, 3);
    memcpy(to, zone, sizeof zone);
}
