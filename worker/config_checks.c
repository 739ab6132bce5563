/*
 * One function a type; addresses and URLs are read by those who will use them.
 */
#include "worker/config_checks.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "worker/address.h"
#include "worker/log.h"

enum { TEXT_MAX = 64, DIGITS_MAX = 32, SERIAL_SIZE = 40, FILES_MAX = 7, NOTIFY_URL_MAX = 200 };

static bool check_TEXT(const char *text, int64_t *number)
{
    (void)number;
    size_t size = 0;
    for (; text[size] != '\0'; size++) {
        bool fine = isalnum((unsigned char)text[size]) || text[size] == '_' || text[size] == '-';
        if (!fine) return false;
    }
    return size <= TEXT_MAX;
}

static bool check_DIGITS(const char *text, int64_t *number)
{
    (void)number;
    size_t size = strlen(text);
    return size <= DIGITS_MAX && strspn(text, "0123456789") == size;
}

static bool check_SERIAL(const char *text, int64_t *number)
{
    (void)number;
    return strlen(text) == SERIAL_SIZE && strspn(text, "0123456789ABCDEFabcdef") == SERIAL_SIZE;
}

static bool check_PATH(const char *text, int64_t *number)
{
    (void)number;
    return text[0] != '\0';
}

static bool check_FILE(const char *text, int64_t *number)
{
    return check_PATH(text, number);
}

static bool check_SECRET_FILE(const char *text, int64_t *number)
{
    return check_PATH(text, number);
}

static bool check_FILES(const char *text, int64_t *number)
{
    (void)number;
    int count = 1;
    for (const char *at = text; *at != '\0'; at++) {
        bool empty = *at == ',' && (at == text || at[1] == ',' || at[1] == '\0');
        if (empty) return false;
        count += *at == ',';
    }
    return count <= FILES_MAX;
}

static bool is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0) return true;
    if (inet_pton(AF_INET, host, &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/** https, or http to this host; no user, query or fragment. `rooted`: no path either. */
static bool check_address(const char *text, bool rooted)
{
    char *scheme = NULL;
    char *host = NULL;
    char *path = NULL;
    char *other = NULL;
    bool fine = false;
    CURLU *url = curl_url();
    if (url == NULL || curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK) goto out;
    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK) goto out;
    if (curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK) goto out;
    if (curl_url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK) goto out;
    if (curl_url_get(url, CURLUPART_USER, &other, 0) == CURLUE_OK) goto out;
    if (strpbrk(text, "?# ") != NULL) goto out;
    fine = strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && is_loopback(host));
    if (rooted && (strcmp(path, "/") != 0 || text[strlen(text) - 1] == '/')) fine = false;
out:
    curl_free(scheme);
    curl_free(host);
    curl_free(path);
    curl_free(other);
    curl_url_cleanup(url);
    return fine;
}

static bool check_URL(const char *text, int64_t *number)
{
    (void)number;
    return check_address(text, true);
}

static bool check_NOTIFY_URL(const char *text, int64_t *number)
{
    (void)number;
    size_t size = strlen(text);
    return size <= NOTIFY_URL_MAX && text[size - 1] != '/' && check_address(text, false);
}

static bool check_range(const char *text, int64_t min, int64_t max, int64_t *number)
{
    char *end = NULL;
    if (!isdigit((unsigned char)text[0])) return false;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0' && *number >= min && *number <= max;
}

static bool check_TIMEOUT(const char *text, int64_t *number)
{
    return check_range(text, 100, 120000, number);
}

static bool check_RATE(const char *text, int64_t *number)
{
    return check_range(text, 1, 10000, number);
}

static bool check_BYTES(const char *text, int64_t *number)
{
    return check_range(text, 1048576, INT64_C(1) << 46, number);
}

static bool check_DAYS(const char *text, int64_t *number)
{
    return check_range(text, 0, 36500, number);
}

static bool check_LISTEN(const char *text, int64_t *number)
{
    struct ps_address address;
    (void)number;
    return ps_address_parse(&address, text);
}

static bool check_TCP(const char *text, int64_t *number)
{
    struct ps_address address;
    (void)number;
    return ps_address_parse(&address, text) && !address.local;
}

static bool check_LEVEL(const char *text, int64_t *number)
{
    *number = ps_log_level_by_name(text);
    return *number >= 0;
}

const char *ps_config_check(enum ps_config_type type, const char *text, int64_t *number)
{
    static const struct {
        bool (*check)(const char *text, int64_t *number);
        const char *remedy;
    } rows[] = {
#define X(type_name, remedy_text) {check_##type_name, remedy_text},
        PS_CONFIG_TYPE_MAP(X)
#undef X
    };
    return rows[type].check(text, number) ? NULL : rows[type].remedy;
}
