/*
 * Each form is one function that tells whether a string has it. Knows no member and no call.
 */
#include "wechat/formats.h"

#include <string.h>

#include "wechat/text.h"

static bool format_text(struct payscore_text text, bool as_platform)
{
    (void)text, (void)as_platform;
    return true;
}

/** For people: something besides blanks. */
static bool format_said(struct payscore_text text, bool as_platform)
{
    (void)as_platform;
    static const char ideographic_space[] = "\xE3\x80\x80";
    for (size_t i = 0; i < text.size;) {
        struct payscore_text rest = {text.data + i, text.size - i};
        bool wide = ps_text_starts(rest, ideographic_space);
        if (!wide && (unsigned char)text.data[i] > ' ') return true;
        i += wide ? sizeof ideographic_space - 1 : 1;
    }
    return false;
}

static bool format_ascii(struct payscore_text text, bool as_platform)
{
    (void)as_platform;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] <= ' ' || text.data[i] >= 0x7F) return false;
    }
    return true;
}

static bool format_number(struct payscore_text text, bool as_platform)
{
    return ps_text_all_of(text, as_platform ? "_-|*" : "_-|");
}

static bool is_hex_digit(char c)
{
    return c != '\0' && strchr("0123456789abcdefABCDEF", c) != NULL;
}

/** What application/x-www-form-urlencoded and RFC 3986 leave as it is, and %XX for the rest. */
static bool format_encoded(struct payscore_text text, bool as_platform)
{
    (void)as_platform;
    if (!ps_text_all_of(text, "-_.~*+!'()%")) return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '%') continue;
        if (text.size - i < 3) return false;
        if (!is_hex_digit(text.data[i + 1]) || !is_hex_digit(text.data[i + 2])) return false;
    }
    return true;
}

static struct payscore_text behind(struct payscore_text text, size_t size)
{
    return (struct payscore_text){text.data + size, text.size - size};
}

static size_t host_size(struct payscore_text rest)
{
    size_t size = 0;
    while (size < rest.size && rest.data[size] != '/')
        size++;
    return size;
}

/** Whether host and port name this very machine. */
static bool is_loopback(struct payscore_text authority)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        if (!ps_text_starts(authority, hosts[i])) continue;
        struct payscore_text rest = behind(authority, strlen(hosts[i]));
        if (rest.size == 0 || rest.data[0] == ':') return true;
    }
    return false;
}

/** https with host and path and nothing behind it; plain http reaches no further than this host. */
static bool format_notify_url(struct payscore_text text, bool as_platform)
{
    bool https = ps_text_starts(text, "https://");
    if (!https && !ps_text_starts(text, "http://")) return false;
    struct payscore_text rest = behind(text, https ? 8 : 7);
    struct payscore_text authority = {rest.data, host_size(rest)};
    if (!format_ascii(text, as_platform)) return false;
    if (ps_text_contains(rest, "?") || ps_text_contains(rest, "#")) return false;
    if (ps_text_contains(authority, "@") || authority.size == 0) return false;
    return authority.size < rest.size && (https || is_loopback(authority));
}

/** All that a service may use; which of them an order may, rules.c knows. */
static bool format_risk_name(struct payscore_text text, bool as_platform)
{
    (void)as_platform;
    static const char *const names[] = {"ESTIMATE_ORDER_COST", "DEPOSIT", "ADVANCE",
                                        "CASH_DEPOSIT"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (ps_text_is(text, names[i])) return true;
    }
    return false;
}

static bool format_order_paid(struct payscore_text text, bool as_platform)
{
    (void)as_platform;
    return ps_text_is(text, "Order_Paid");
}

static const struct {
    bool (*keeps)(struct payscore_text text, bool as_platform);
    const char *rule;
} formats[] = {
    [PS_FORMAT_text] = {format_text, "any text"},
    [PS_FORMAT_said] = {format_said, "more than blanks"},
    [PS_FORMAT_ascii] = {format_ascii, "visible ASCII characters only"},
    [PS_FORMAT_number] = {format_number, "digits, letters, '_', '-' and '|' only"},
    [PS_FORMAT_encoded] = {format_encoded, "URL-encoded before it is given"},
    [PS_FORMAT_notify_url] = {format_notify_url,
                              "https:// with host and path, without query (http:// to loopback)"},
    [PS_FORMAT_risk_name] = {format_risk_name,
                             "ESTIMATE_ORDER_COST, DEPOSIT, ADVANCE or CASH_DEPOSIT"},
    [PS_FORMAT_order_paid] = {format_order_paid, "Order_Paid, the only value"},
};

bool ps_format_kept(enum ps_field_format format, struct payscore_text text, bool as_platform)
{
    return formats[format].keeps(text, as_platform);
}

const char *ps_format_rule(enum ps_field_format format)
{
    return formats[format].rule;
}
